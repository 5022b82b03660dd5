<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
    <context>
        <name>Parameters</name>
        <message>
            <source>{} product</source>
            <translation>Produit {}</translation>
        </message>
        <message>
            <source>Products</source>
            <translation>Produits</translation>
        </message>
        <message>
            <source>All files</source>
            <translation>Tous les fichiers</translation>
        </message>
        <message>
            <source>The product: its folder (such as ….SAFE, typed or pasted), its metadata file (MTD_….xml) inside that folder, the zip archive as it was downloaded (it is read without unpacking), or a raster whose band descriptions name the bands.</source>
            <translation>Le produit : son dossier (par exemple ….SAFE, saisi ou collé), son fichier de métadonnées (MTD_….xml) dans ce dossier, l’archive zip telle que téléchargée (elle est lue sans être décompressée), ou un raster dont les descriptions de bandes nomment les bandes.</translation>
        </message>
        <message>
            <source>Bands to sharpen</source>
            <translation>Bandes à affiner</translation>
        </message>
        <message>
            <source>Groups of bands to sharpen, named by their ground sampling distance in the product.</source>
            <translation>Groupes de bandes à affiner, désignés par leur pas d’échantillonnage au sol dans le produit.</translation>
        </message>
        <message>
            <source>Also write the bands that are fine already</source>
            <translation>Écrire aussi les bandes déjà fines</translation>
        </message>
        <message>
            <source>Copies the bands of the finest grid unchanged into the output, so that one file holds all bands. Without it the output has the sharpened bands only.</source>
            <translation>Copie telles quelles les bandes de la grille la plus fine dans le résultat, afin qu’un seul fichier contienne toutes les bandes. Sinon, le résultat ne contient que les bandes affinées.</translation>
        </message>
        <message>
            <source>Extent (default: whole product)</source>
            <translation>Emprise (par défaut : tout le produit)</translation>
        </message>
        <message>
            <source>Part of the product to work on, in any coordinate reference system. It is snapped outward to the coarsest pixels; the result equals that part of a run on the whole product.</source>
            <translation>Partie du produit à traiter, dans n’importe quel système de coordonnées. Elle est étendue aux pixels les plus grossiers ; le résultat est identique à cette partie d’un traitement du produit entier.</translation>
        </message>
        <message>
            <source>none</source>
            <translation>aucun</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modèle</translation>
        </message>
        <message>
            <source>Neural network to use; auto takes the recommended one for each group of bands.</source>
            <translation>Réseau de neurones à utiliser ; auto prend celui qui est recommandé pour chaque groupe de bandes.</translation>
        </message>
        <message>
            <source>Installed: {}.</source>
            <translation>Installés : {}.</translation>
        </message>
        <message>
            <source>Device</source>
            <translation>Matériel</translation>
        </message>
        <message>
            <source>Where the network runs. auto takes the device of the SatSharp options or else the fastest one there is; a device that is chosen here but cannot be used is an error, never a silent fallback.</source>
            <translation>Matériel sur lequel le réseau s’exécute. auto prend celui des options de SatSharp ou, à défaut, le plus rapide disponible ; un matériel choisi ici mais inutilisable est une erreur, jamais un remplacement silencieux.</translation>
        </message>
        <message>
            <source>Tile size (0 = automatic)</source>
            <translation>Taille des tuiles (0 = automatique)</translation>
        </message>
        <message>
            <source>Side of the tiles in pixels of the output. It changes speed and memory, never the result; choose a smaller one where the device runs out of memory.</source>
            <translation>Côté des tuiles en pixels du résultat. Il change la vitesse et la mémoire, jamais le résultat ; choisissez-le plus petit si la mémoire du matériel ne suffit pas.</translation>
        </message>
        <message>
            <source>Continue an interrupted run</source>
            <translation>Reprendre un traitement interrompu</translation>
        </message>
        <message>
            <source>Where an earlier run with the same input, model and parameters was killed, only what is missing is computed. Without it every run starts anew.</source>
            <translation>Si un traitement antérieur avec les mêmes données, modèle et paramètres a été interrompu brutalement, seul ce qui manque est calculé. Sinon, chaque traitement repart de zéro.</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>Format</translation>
        </message>
        <message>
            <source>GeoTIFF is written tile by tile. COG (Cloud Optimized GeoTIFF) is a GeoTIFF ordered for reading over the web; it takes a further pass and twice the disk space while it is made.</source>
            <translation>Un GeoTIFF est écrit tuile par tuile. Un COG (Cloud Optimized GeoTIFF) est un GeoTIFF ordonné pour la lecture par le web ; il demande une passe de plus et deux fois l’espace disque pendant sa création.</translation>
        </message>
        <message>
            <source>Super-resolved bands</source>
            <translation>Bandes en super-résolution</translation>
        </message>
        <message>
            <source>GeoTIFF with all bands on the finest grid, in the digital numbers of the input. It appears under its name only when it is complete.</source>
            <translation>GeoTIFF avec toutes les bandes sur la grille la plus fine, dans les comptes numériques du produit. Il n’apparaît sous son nom qu’une fois complet.</translation>
        </message>
    </context>
    <context>
        <name>SatSharpAlgorithm</name>
        <message>
            <source>Cancelled; nothing was written.</source>
            <translation>Annulé ; rien n’a été écrit.</translation>
        </message>
        <message>
            <source>{} cannot be {}. Choose one of: {}.</source>
            <translation>{} ne peut pas être {}. Choisissez parmi : {}.</translation>
        </message>
    </context>
    <context>
        <name>SatSharpOptionsFactory</name>
        <message>
            <source>SatSharp</source>
            <translation>SatSharp</translation>
        </message>
    </context>
    <context>
        <name>SatSharpOptionsPage</name>
        <message>
            <source> MB</source>
            <translation> Mo</translation>
        </message>
        <message>
            <source> pixels</source>
            <translation> pixels</translation>
        </message>
        <message>
            <source>The one that pip uses</source>
            <translation>Celui que pip utilise</translation>
        </message>
        <message>
            <source>ONNX Runtime {} in {}. Execution providers: {}.</source>
            <translation>ONNX Runtime {} dans {}. Fournisseurs d’exécution : {}.</translation>
        </message>
        <message>
            <source>Device for “auto”</source>
            <translation>Matériel pour « auto »</translation>
        </message>
        <message>
            <source>Memory for a run</source>
            <translation>Mémoire pour un traitement</translation>
        </message>
        <message>
            <source>Tile size</source>
            <translation>Taille des tuiles</translation>
        </message>
        <message>
            <source>Folder of your own models</source>
            <translation>Dossier de vos propres modèles</translation>
        </message>
        <message>
            <source>Package index for ONNX Runtime</source>
            <translation>Index de paquets pour ONNX Runtime</translation>
        </message>
        <message>
            <source>ONNX Runtime</source>
            <translation>ONNX Runtime</translation>
        </message>
        <message>
            <source>automatic</source>
            <translation>automatique</translation>
        </message>
    </context>
    <context>
        <name>SatSharpPlugin</name>
        <message>
            <source>Another Processing provider already has the id satsharp. Disable the other one.</source>
            <translation>Un autre fournisseur de traitements porte déjà l’identifiant satsharp. Désactivez l’autre.</translation>
        </message>
        <message>
            <source>Super-resolve Sentinel-2 product…</source>
            <translation>Super-résolution d’un produit Sentinel-2…</translation>
        </message>
        <message>
            <source>SatSharp</source>
            <translation>SatSharp</translation>
        </message>
    </context>
    <context>
        <name>SatSharpProvider</name>
        <message>
            <source>SatSharp (super-resolution of satellite images)</source>
            <translation>SatSharp (super-résolution d’images satellitaires)</translation>
        </message>
    </context>
    <context>
        <name>SuperResolveProduct</name>
        <message>
            <source>Super-resolve {} product</source>
            <translation>Super-résolution d’un produit {}</translation>
        </message>
        <message>
            <source>Super-resolution</source>
            <translation>Super-résolution</translation>
        </message>
        <message>
            <source>super-resolution,superresolution,sharpen,pansharpen,upscale,downscale,resolution,onnx,ai,10 m</source>
            <translation>super-résolution,superrésolution,affiner,affinage,pansharpening,agrandir,résolution,onnx,ia,10 m</translation>
        </message>
        <message>
            <source>Brings the coarse bands of a {} product to {} with a neural network.</source>
            <translation>Amène les bandes grossières d’un produit {} à {} par un réseau de neurones.</translation>
        </message>
        <message>
            <source>Ground sampling distance of the result</source>
            <translation>Pas d’échantillonnage au sol du résultat</translation>
        </message>
        <message>
            <source>Execution provider that was used</source>
            <translation>Fournisseur d’exécution utilisé</translation>
        </message>
        <message>
            <source>Models that were used</source>
            <translation>Modèles utilisés</translation>
        </message>
        <message>
            <source>{} does not exist. Check the path of the product.</source>
            <translation>{} n’existe pas. Vérifiez le chemin du produit.</translation>
        </message>
        <message>
            <source>OUTPUT is a GeoTIFF: its name must end in .tif, not in {}.</source>
            <translation>OUTPUT est un GeoTIFF : son nom doit finir par .tif et non par {}.</translation>
        </message>
        <message>
            <source>Product: {}, level {}</source>
            <translation>Produit : {}, niveau {}</translation>
        </message>
        <message>
            <source>unknown</source>
            <translation>inconnu</translation>
        </message>
        <message>
            <source>Offset of the digital numbers: {}</source>
            <translation>Décalage des comptes numériques : {}</translation>
        </message>
        <message>
            <source>Models: {}</source>
            <translation>Modèles : {}</translation>
        </message>
        <message>
            <source>Output: {} bands, {} x {} pixels of {} m</source>
            <translation>Résultat : {} bandes, {} x {} pixels de {} m</translation>
        </message>
        <message>
            <source>Tiles of {} pixels, device {}</source>
            <translation>Tuiles de {} pixels, matériel {}</translation>
        </message>
        <message>
            <source>All bands of {} on the {} grid, in the digital numbers of the input.</source>
            <translation>Toutes les bandes de {} sur la grille de {}, dans les comptes numériques du produit.</translation>
        </message>
        <message>
            <source>Super-resolved by SatSharp with {} from {} ({}).</source>
            <translation>Super-résolution par SatSharp avec {} à partir de {} ({}).</translation>
        </message>
    </context>
</TS>
