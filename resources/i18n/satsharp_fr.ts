<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
    <context>
        <name>Parameters</name>
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
            <source>Keep the result consistent with the input</source>
            <translation>Garder le résultat cohérent avec les données</translation>
        </message>
        <message>
            <source>Corrects each sharpened band so that, degraded by the sensor's point spread to its own grid, it returns the band of the product to within its noise. Point spread and noise are measured on a few windows of the scene; the log tells them.</source>
            <translation>Corrige chaque bande affinée pour que, dégradée par l’étalement du capteur jusqu’à sa propre grille, elle redonne la bande du produit à son bruit près. L’étalement et le bruit sont mesurés sur quelques fenêtres de la scène ; le journal les indique.</translation>
        </message>
        <message>
            <source>Where the network does not help</source>
            <translation>Là où le réseau n’apporte rien</translation>
        </message>
        <message>
            <source>Before the run, network and bicubic interpolation are compared on a few windows of this scene at reduced scale, where the truth is known. fall back: a band that the network makes clearly worse is interpolated instead, with a warning. warn: the network is used all the same. off: no comparison.</source>
            <translation>Avant le traitement, le réseau et l’interpolation bicubique sont comparés sur quelques fenêtres de cette scène à échelle réduite, où la vérité est connue. fall back : une bande que le réseau rend nettement moins bonne est interpolée à la place, avec un avertissement. warn : le réseau est utilisé malgré tout. off : pas de comparaison.</translation>
        </message>
        <message>
            <source>{} (experimental: {})</source>
            <translation>{} (expérimental : {})</translation>
        </message>
    </context>
    <context>
        <name>ProductParameters</name>
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
            <source>Or a web address: an archive (.zip, .tar, .tar.gz) is fetched once and kept in the cache of the SatSharp options; GeoTIFFs, several separated by a semicolon, are read where they lie.</source>
            <translation>Ou une adresse web : une archive (.zip, .tar, .tar.gz) est téléchargée une seule fois et gardée dans le cache des options de SatSharp ; des GeoTIFF, plusieurs séparés par un point-virgule, sont lus là où ils se trouvent.</translation>
        </message>
        <message>
            <source>CRS of the result (swaths only)</source>
            <translation>SCR du résultat (fauchées seulement)</translation>
        </message>
        <message>
            <source>Coordinate reference system in which the result of a swath (MOD09, VNP09) is laid on the map. By default it is Lambert's azimuthal equal-area projection around the swath's centre. Gridded products keep their sinusoidal grid; the log says so if a system is given.</source>
            <translation>Système de coordonnées dans lequel le résultat d’une fauchée (MOD09, VNP09) est placé sur la carte. Par défaut, la projection azimutale équivalente de Lambert autour du centre de la fauchée. Les produits en tuiles gardent leur grille sinusoïdale ; le journal le dit si un système est donné.</translation>
        </message>
        <message>
            <source>The product: its folder, its metadata file (…_MTL.txt) inside that folder, the archive as it was downloaded (.tar or .tar.gz; it is read without unpacking), or rasters whose names or band descriptions name the bands. A Level-2 product needs the Level-1 product of the same scene for its panchromatic band: beside it, or separated from it by a semicolon.</source>
            <translation>Le produit : son dossier, son fichier de métadonnées (…_MTL.txt) dans ce dossier, l’archive telle que téléchargée (.tar ou .tar.gz ; elle est lue sans être décompressée), ou des rasters dont les noms ou les descriptions de bandes nomment les bandes. Un produit de niveau 2 a besoin du produit de niveau 1 de la même scène pour sa bande panchromatique : à côté de lui, ou séparé de lui par un point-virgule.</translation>
        </message>
        <message>
            <source>The product: its file (.hdf) or the folder that holds it. MOD09GA needs MOD09GQ of the same tile and day, MOD09A1 needs MOD09Q1: beside it, or separated from it by a semicolon. A swath (MOD09) needs no other file. MYD09 likewise.</source>
            <translation>Le produit : son fichier (.hdf) ou le dossier qui le contient. MOD09GA a besoin de MOD09GQ de la même tuile et du même jour, MOD09A1 de MOD09Q1 : à côté de lui, ou séparé de lui par un point-virgule. Une fauchée (MOD09) n’a besoin d’aucun autre fichier. De même pour MYD09.</translation>
        </message>
        <message>
            <source>The product: its file (.h5 or .hdf) or the folder that holds it. A swath (VNP09) needs its geolocation file (VNP03IMG, or VNP03MOD): beside it, or separated from it by a semicolon. A tile (VNP09GA) needs no other file. VJ109 and VJ209 likewise.</source>
            <translation>Le produit : son fichier (.h5 ou .hdf) ou le dossier qui le contient. Une fauchée (VNP09) a besoin de son fichier de géolocalisation (VNP03IMG, ou VNP03MOD) : à côté d’elle, ou séparé d’elle par un point-virgule. Une tuile (VNP09GA) n’a besoin d’aucun autre fichier. De même pour VJ109 et VJ209.</translation>
        </message>
        <message>
            <source>The product: a raster whose band descriptions name the bands, or single-band files named by their bands, in a folder or separated by semicolons.</source>
            <translation>Le produit : un raster dont les descriptions de bandes nomment les bandes, ou des fichiers d’une bande nommés d’après leurs bandes, dans un dossier ou séparés par des points-virgules.</translation>
        </message>
    </context>
    <context>
        <name>ProductLayers</name>
        <message>
            <source>All bands of {} on the {} grid, in the digital numbers of the input.</source>
            <translation>Toutes les bandes de {} sur la grille de {}, dans les comptes numériques du produit.</translation>
        </message>
        <message>
            <source>{} {} bounds</source>
            <translation>{} {} bornes</translation>
        </message>
        <message>
            <source>Lower and upper bounds of the sharpened bands of {} on the {} grid.</source>
            <translation>Bornes inférieures et supérieures des bandes affinées de {} sur la grille de {}.</translation>
        </message>
        <message>
            <source>Super-resolved by SatSharp with {} from {} ({}).</source>
            <translation>Super-résolution par SatSharp avec {} à partir de {} ({}).</translation>
        </message>
        <message>
            <source>All bands of {} on the {} grid, as reflectance.</source>
            <translation>Toutes les bandes de {} sur la grille de {}, en réflectance.</translation>
        </message>
        <message>
            <source>Experimental ({}): {}</source>
            <translation>Expérimental ({}) : {}</translation>
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
        <message>
            <source> GB</source>
            <translation> Go</translation>
        </message>
        <message>
            <source>Delete products from the web ({} GB)</source>
            <translation>Supprimer les produits venus du web ({} Go)</translation>
        </message>
        <message>
            <source>Folder of your own sensor files</source>
            <translation>Dossier de vos propres fichiers de capteur</translation>
        </message>
        <message>
            <source>Folder for products from the web</source>
            <translation>Dossier des produits venus du web</translation>
        </message>
        <message>
            <source>Disk space for products from the web</source>
            <translation>Espace disque pour les produits venus du web</translation>
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
            <source>{} is a GeoTIFF: its name must end in .tif, not in {}.</source>
            <translation>{} est un GeoTIFF : son nom doit finir par .tif et non par {}.</translation>
        </message>
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
            <source>{} cannot be {}. Choose a coordinate reference system that QGIS knows.</source>
            <translation>{} ne peut pas être {}. Choisissez un système de coordonnées que QGIS connaît.</translation>
        </message>
    </context>
    <context>
        <name>InstallModel</name>
        <message>
            <source>Install model</source>
            <translation>Installer un modèle</translation>
        </message>
        <message>
            <source>Checks a model from a file, a folder, a zip archive or an address and installs it.</source>
            <translation>Vérifie un modèle (fichier, dossier, archive zip ou adresse) et l’installe.</translation>
        </message>
        <message>
            <source>model,onnx,card,network,weights,download,add,zip,url</source>
            <translation>modèle,onnx,fiche,réseau,poids,télécharger,ajouter,zip,url</translation>
        </message>
        <message>
            <source>Id of the model, for MODEL</source>
            <translation>Identifiant du modèle, pour MODEL</translation>
        </message>
        <message>
            <source>Path of the installed card</source>
            <translation>Chemin de la fiche installée</translation>
        </message>
        <message>
            <source>SHA-256 of the installed ONNX file</source>
            <translation>SHA-256 du fichier ONNX installé</translation>
        </message>
        <message>
            <source>Licence of the model</source>
            <translation>Licence du modèle</translation>
        </message>
        <message>
            <source>ONNX Runtime is not installed, so whether it can load the model is not tried.</source>
            <translation>ONNX Runtime n’est pas installé : son chargement du modèle n’est donc pas essayé.</translation>
        </message>
        <message>
            <source>The file was downloaded, but not installed: nobody vouches for it. Its SHA-256 is {}. Compare it with the one that its publisher gives, then run again with SHA256 set to it, or with CONFIRM. It is not downloaded again.</source>
            <translation>Le fichier a été téléchargé mais pas installé : personne ne s’en porte garant. Son SHA-256 est {}. Comparez-le à celui que donne son éditeur, puis relancez avec ce SHA256, ou avec CONFIRM. Il n’est pas téléchargé de nouveau.</translation>
        </message>
        <message>
            <source>SHA-256 of the file: {}</source>
            <translation>SHA-256 du fichier : {}</translation>
        </message>
        <message>
            <source>Installed {} ({}) in {}: {} MB, licence {}, sensor {}, scale factor {}.</source>
            <translation>{} ({}) installé dans {} : {} Mo, licence {}, capteur {}, facteur d’échelle {}.</translation>
        </message>
        <message>
            <source>{} does not exist. Check the path of the model.</source>
            <translation>{} n’existe pas. Vérifiez le chemin du modèle.</translation>
        </message>
        <message>
            <source>SHA256 must be 64 hexadecimal digits, not {}.</source>
            <translation>SHA256 doit compter 64 chiffres hexadécimaux, et non {}.</translation>
        </message>
        <message>
            <source>No algorithm reads products of the sensor {}, so no list offers this model.</source>
            <translation>Aucun algorithme ne lit les produits du capteur {} : aucune liste ne propose donc ce modèle.</translation>
        </message>
    </context>
    <context>
        <name>InstallParameters</name>
        <message>
            <source>Model: file, folder, zip archive or address</source>
            <translation>Modèle : fichier, dossier, archive zip ou adresse</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modèles</translation>
        </message>
        <message>
            <source>A card (.json) with its ONNX file beside it, an ONNX file with its card beside it, a folder or a .zip archive that holds one model, or the https address of such a file, typed or pasted.</source>
            <translation>Une fiche (.json) avec son fichier ONNX à côté, un fichier ONNX avec sa fiche à côté, un dossier ou une archive .zip qui contient un modèle, ou l’adresse https d’un tel fichier, saisie ou collée.</translation>
        </message>
        <message>
            <source>SHA-256 of the file</source>
            <translation>SHA-256 du fichier</translation>
        </message>
        <message>
            <source>Digest of the archive, else of the ONNX file, as its publisher gives it: 64 hexadecimal digits. Another file is refused. It may be left out for files that are on this computer.</source>
            <translation>Empreinte de l’archive, sinon du fichier ONNX, telle que la donne son éditeur : 64 chiffres hexadécimaux. Tout autre fichier est refusé. Elle est facultative pour les fichiers de cet ordinateur.</translation>
        </message>
        <message>
            <source>Install from an address without a digest</source>
            <translation>Installer depuis une adresse sans empreinte</translation>
        </message>
        <message>
            <source>Without it and without a digest, a model from an address is only downloaded, and the log shows its digest for you to compare. Run again with this set if you trust the publisher.</source>
            <translation>Sans elle et sans empreinte, un modèle venant d’une adresse est seulement téléchargé, et le journal montre son empreinte pour comparaison. Relancez avec cette option si vous faites confiance à l’éditeur.</translation>
        </message>
        <message>
            <source>Replace an installed model of the same id</source>
            <translation>Remplacer un modèle installé de même identifiant</translation>
        </message>
        <message>
            <source>Without it, a model whose id is taken is refused. Bundled models are never replaced.</source>
            <translation>Sans elle, un modèle dont l’identifiant est pris est refusé. Les modèles fournis ne sont jamais remplacés.</translation>
        </message>
        <message>
            <source>Largest size in megabytes</source>
            <translation>Taille maximale en mégaoctets</translation>
        </message>
        <message>
            <source>Downloads, archives and models that are larger, packed or unpacked, are refused.</source>
            <translation>Les téléchargements, archives et modèles plus grands, compressés ou non, sont refusés.</translation>
        </message>
    </context>
    <context>
        <name>ListModels</name>
        <message>
            <source>List models</source>
            <translation>Lister les modèles</translation>
        </message>
        <message>
            <source>Lists the installed models with licence and figures, and models that others published.</source>
            <translation>Liste les modèles installés, avec licence et chiffres, et des modèles publiés par d’autres.</translation>
        </message>
        <message>
            <source>model,onnx,catalogue,licence,report</source>
            <translation>modèle,onnx,catalogue,licence,rapport</translation>
        </message>
        <message>
            <source>Also list models that others published</source>
            <translation>Lister aussi les modèles publiés par d’autres</translation>
        </message>
        <message>
            <source>Adds the catalogue: addresses, licences and digests of models of other projects, which you can fetch and convert. With an address of a further catalogue in the settings, that is fetched, too.</source>
            <translation>Ajoute le catalogue : adresses, licences et empreintes de modèles d’autres projets, que vous pouvez télécharger et convertir. Si l’adresse d’un autre catalogue figure dans les réglages, il est téléchargé aussi.</translation>
        </message>
        <message>
            <source>List of models</source>
            <translation>Liste des modèles</translation>
        </message>
        <message>
            <source>A page to read (.html), or the same for programs (.json), by the suffix of the name.</source>
            <translation>Une page à lire (.html), ou la même chose pour les programmes (.json), selon le suffixe du nom.</translation>
        </message>
        <message>
            <source>Number of installed models</source>
            <translation>Nombre de modèles installés</translation>
        </message>
        <message>
            <source>Ids of the installed models</source>
            <translation>Identifiants des modèles installés</translation>
        </message>
        <message>
            <source>Installed</source>
            <translation>Installés</translation>
        </message>
        <message>
            <source>Id</source>
            <translation>Identifiant</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Nom</translation>
        </message>
        <message>
            <source>Sensor</source>
            <translation>Capteur</translation>
        </message>
        <message>
            <source>Bands</source>
            <translation>Bandes</translation>
        </message>
        <message>
            <source>GSD</source>
            <translation>Pas au sol</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Taille</translation>
        </message>
        <message>
            <source>Licence</source>
            <translation>Licence</translation>
        </message>
        <message>
            <source>Origin</source>
            <translation>Origine</translation>
        </message>
        <message>
            <source>RMSE / bicubic</source>
            <translation>RMSE / bicubique</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>Dossier</translation>
        </message>
        <message>
            <source>Published by others, not by SatSharp</source>
            <translation>Publiés par d’autres, pas par SatSharp</translation>
        </message>
        <message>
            <source>Publisher</source>
            <translation>Éditeur</translation>
        </message>
        <message>
            <source>Scale factor</source>
            <translation>Facteur d’échelle</translation>
        </message>
        <message>
            <source>Page</source>
            <translation>Page</translation>
        </message>
        <message>
            <source>Address</source>
            <translation>Adresse</translation>
        </message>
        <message>
            <source>How to get it</source>
            <translation>Comment l’obtenir</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>Remarque</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modèles</translation>
        </message>
        <message>
            <source>{} is experimental: {}</source>
            <translation>{} est expérimental : {}</translation>
        </message>
        <message>
            <source>Experimental</source>
            <translation>Expérimental</translation>
        </message>
    </context>
    <context>
        <name>ModelAlgorithm</name>
        <message>
            <source>Models</source>
            <translation>Modèles</translation>
        </message>
    </context>
    <context>
        <name>RemoveModel</name>
        <message>
            <source>Remove model</source>
            <translation>Supprimer un modèle</translation>
        </message>
        <message>
            <source>Removes a model that was installed from the folder of your own models.</source>
            <translation>Supprime un modèle installé du dossier de vos propres modèles.</translation>
        </message>
        <message>
            <source>Model to remove</source>
            <translation>Modèle à supprimer</translation>
        </message>
        <message>
            <source>model,onnx,uninstall,delete</source>
            <translation>modèle,onnx,désinstaller,supprimer</translation>
        </message>
        <message>
            <source>Files that were removed</source>
            <translation>Fichiers supprimés</translation>
        </message>
        <message>
            <source>Id of a model in your own model folder: {}. Bundled models cannot be removed.</source>
            <translation>Identifiant d’un modèle de votre propre dossier de modèles : {}. Les modèles fournis ne peuvent pas être supprimés.</translation>
        </message>
        <message>
            <source>Removed from {}: {}</source>
            <translation>Supprimé de {} : {}</translation>
        </message>
        <message>
            <source>No model is installed in {}, so there is none to remove.</source>
            <translation>Aucun modèle n’est installé dans {} : il n’y a rien à supprimer.</translation>
        </message>
    </context>
    <context>
        <name>RunReport</name>
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
            <source>The model {} is experimental: {}</source>
            <translation>Le modèle {} est expérimental : {}</translation>
        </message>
        <message>
            <source>TARGET_CRS is for swaths only: {} lies on a grid of its own, which is kept.</source>
            <translation>TARGET_CRS ne sert qu’aux fauchées : {} a sa propre grille, qui est gardée.</translation>
        </message>
        <message>
            <source>On the map: {} x {} pixels, {}</source>
            <translation>Sur la carte : {} x {} pixels, {}</translation>
        </message>
    </context>
    <context>
        <name>RasterParameters</name>
        <message>
            <source>Raster to sharpen</source>
            <translation>Raster à affiner</translation>
        </message>
        <message>
            <source>Any raster layer. Its bands are matched to those of the model by name (band descriptions such as B5, SR_B5 or red), else by their colours, else by their order where there are as many as the model takes; the log tells which is which. A layer that is no file, such as WMS, is exported for the extent first.</source>
            <translation>N’importe quelle couche raster. Ses bandes sont associées à celles du modèle par leur nom (descriptions de bandes telles que B5, SR_B5 ou red), sinon par leurs couleurs, sinon dans l’ordre s’il y en a autant que le modèle en prend ; le journal indique l’association. Une couche qui n’est pas un fichier, comme WMS, est d’abord exportée pour l’emprise.</translation>
        </message>
        <message>
            <source>Finer raster as a guide</source>
            <translation>Raster plus fin servant de guide</translation>
        </message>
        <message>
            <source>Finer bands of the same place and time that carry the detail, such as the panchromatic band or the 10 m bands. Its pixels must be a whole number of times as fine as the input's, as the model asks, and share their corners or lie half a pixel off them, as Landsat's do. Models that enlarge one raster alone need none.</source>
            <translation>Bandes plus fines du même lieu et du même moment qui portent le détail, telles que la bande panchromatique ou les bandes à 10 m. Leurs pixels doivent être un nombre entier de fois plus fins que ceux de l’entrée, comme le modèle le demande, et partager leurs coins ou en être décalés d’un demi-pixel, comme ceux de Landsat. Les modèles qui agrandissent un seul raster n’en ont pas besoin.</translation>
        </message>
        <message>
            <source>Extent (default: whole raster)</source>
            <translation>Emprise (par défaut : tout le raster)</translation>
        </message>
        <message>
            <source>Part of the raster to work on, in any coordinate reference system. It is snapped outward to the coarsest pixels; the result equals that part of a run on the whole raster. Layers that are no files, such as WMS, need it.</source>
            <translation>Partie du raster à traiter, dans n’importe quel système de coordonnées. Elle est étendue aux pixels les plus grossiers ; le résultat est identique à cette partie d’un traitement du raster entier. Les couches qui ne sont pas des fichiers, comme WMS, l’exigent.</translation>
        </message>
    </context>
    <context>
        <name>LayerExport</name>
        <message>
            <source>{} has no pixels of its own. Choose a MODEL, whose GSD it is then drawn at.</source>
            <translation>{} n’a pas de pixels propres. Choisissez un MODEL, au pas duquel la couche sera dessinée.</translation>
        </message>
        <message>
            <source>{} is no file. Choose an EXTENT to export it for.</source>
            <translation>{} n’est pas un fichier. Choisissez une EXTENT pour l’exporter.</translation>
        </message>
        <message>
            <source>The extent lies outside {}. Choose an extent on it.</source>
            <translation>L’emprise est en dehors de {}. Choisissez une emprise qui s’y trouve.</translation>
        </message>
        <message>
            <source>The extent on {} has {} x {} pixels, more than {} million. Choose a smaller one.</source>
            <translation>L’emprise sur {} compte {} x {} pixels, plus de {} millions. Choisissez-en une plus petite.</translation>
        </message>
        <message>
            <source>no reason given</source>
            <translation>aucune raison donnée</translation>
        </message>
        <message>
            <source>{} cannot be exported ({}). Check the layer.</source>
            <translation>{} ne peut pas être exportée ({}). Vérifiez la couche.</translation>
        </message>
    </context>
    <context>
        <name>SuperResolveRaster</name>
        <message>
            <source>Super-resolve raster</source>
            <translation>Super-résolution d’un raster</translation>
        </message>
        <message>
            <source>Super-resolution</source>
            <translation>Super-résolution</translation>
        </message>
        <message>
            <source>super-resolution,sharpen,pansharpen,upscale,enlarge,resolution,pan,guide,layer,wms,onnx</source>
            <translation>super-résolution,affiner,pansharpening,agrandir,résolution,panchromatique,guide,couche,wms,onnx</translation>
        </message>
        <message>
            <source>Sharpens or enlarges the bands of any raster layer with any installed model.</source>
            <translation>Affine ou agrandit les bandes de n’importe quelle couche raster avec n’importe quel modèle installé.</translation>
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
            <source>{} is a GeoTIFF: its name must end in .tif, not in {}.</source>
            <translation>{} est un GeoTIFF : son nom doit se terminer par .tif, non par {}.</translation>
        </message>
        <message>
            <source>{} is no file. Choose an EXTENT to export it for.</source>
            <translation>{} n’est pas un fichier. Choisissez une EXTENT pour l’exporter.</translation>
        </message>
        <message>
            <source>{} is the input itself. Choose another output.</source>
            <translation>{} est l’entrée elle-même. Choisissez une autre sortie.</translation>
        </message>
        <message>
            <source>Exporting {} for the extent.</source>
            <translation>Export de {} pour l’emprise.</translation>
        </message>
    </context>
    <context>
        <name>OutputParameters</name>
        <message>
            <source>GeoTIFF is written tile by tile. COG (Cloud Optimized GeoTIFF) is a GeoTIFF ordered for reading over the web; it takes a further pass and twice the disk space while it is made.</source>
            <translation>Un GeoTIFF est écrit tuile par tuile. Un COG (Cloud Optimized GeoTIFF) est un GeoTIFF ordonné pour la lecture par le web ; il demande une passe de plus et deux fois l’espace disque pendant sa création.</translation>
        </message>
        <message>
            <source>one file holds all bands. one file a band: each band is written to NAME_BAND.tif beside the output, which is then NAME.vrt, a small file that joins them, so that QGIS and other programs open all bands as one raster. The values are the same.</source>
            <translation>one file : un fichier contient toutes les bandes. one file a band : chaque bande est écrite dans NOM_BANDE.tif à côté de la sortie, qui est alors NOM.vrt, un petit fichier qui les réunit, de sorte que QGIS et d’autres programmes ouvrent toutes les bandes comme un seul raster. Les valeurs sont les mêmes.</translation>
        </message>
        <message>
            <source>digital numbers: as the product stores them, with scale and offset in the file. reflectance: floating-point numbers with NaN as nodata, without scale and offset; saturated pixels become nodata.</source>
            <translation>digital numbers : comptes numériques tels que le produit les stocke, avec échelle et décalage dans le fichier. reflectance : réflectance en nombres à virgule flottante, NaN pour l’absence de données, sans échelle ni décalage ; les pixels saturés deviennent sans données.</translation>
        </message>
        <message>
            <source>GeoTIFF with two bands for each sharpened one: the bounds between which the truth lies with the probability that the model was calibrated for, such as 90 %, in the digital numbers of the input. It needs models with a calibrated interval and does not change a digit of the other output.</source>
            <translation>GeoTIFF avec deux bandes pour chaque bande affinée : les bornes entre lesquelles se trouve la vérité avec la probabilité pour laquelle le modèle a été étalonné, par exemple 90 %, dans les comptes numériques du produit. Il demande des modèles à intervalle étalonné et ne change aucun chiffre de l’autre résultat.</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>Format</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>Fichiers</translation>
        </message>
        <message>
            <source>Values</source>
            <translation>Valeurs</translation>
        </message>
        <message>
            <source>Super-resolved bands</source>
            <translation>Bandes en super-résolution</translation>
        </message>
        <message>
            <source>With a name that ends in .vrt the GeoTIFF lies beside a VRT of that name, for other programs.</source>
            <translation>Avec un nom qui se termine par .vrt, le GeoTIFF se trouve à côté d’un VRT de ce nom, pour d’autres programmes.</translation>
        </message>
        <message>
            <source>Bounds of the sharpened bands</source>
            <translation>Bornes des bandes affinées</translation>
        </message>
        <message>
            <source>GeoTIFF with all bands on the finest grid, in the digital numbers of the input. It appears under its name only when it is complete.</source>
            <translation>GeoTIFF avec toutes les bandes sur la grille la plus fine, dans les comptes numériques du produit. Il n’apparaît sous son nom qu’une fois complet.</translation>
        </message>
    </context>
</TS>
