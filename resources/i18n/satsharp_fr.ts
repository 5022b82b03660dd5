<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
    <context>
        <name>AdjustBandpass</name>
        <message>
            <source>Adjust bandpass</source>
            <translation>Ajuster les bandes passantes</translation>
        </message>
        <message>
            <source>Adjusted bands</source>
            <translation>Bandes ajustées</translation>
        </message>
        <message>
            <source>Bands of {} adjusted to the bandpasses of another sensor.</source>
            <translation>Bandes de {} ajustées aux bandes passantes d’un autre capteur.</translation>
        </message>
        <message>
            <source>Bands of {} adjusted to the bandpasses of {}.</source>
            <translation>Bandes de {} ajustées aux bandes passantes de {}.</translation>
        </message>
        <message>
            <source>Brings the bands of Sentinel-2 to the bandpasses of Landsat 8/9 or the other way round.</source>
            <translation>Amène les bandes de Sentinel-2 aux bandes passantes de Landsat 8/9, ou l’inverse.</translation>
        </message>
        <message>
            <source>From {} to {} by the table {}.</source>
            <translation>De {} à {} par la table {}.</translation>
        </message>
        <message>
            <source>Lines between the bandpasses to use instead of those of HLS v2.0.</source>
            <translation>Droites entre les bandes passantes, à la place de celles de HLS v2.0.</translation>
        </message>
        <message>
            <source>Nothing tells the sensor of {}. Choose it as FROM.</source>
            <translation>Rien n’indique le capteur de {}. Choisissez-le avec FROM.</translation>
        </message>
        <message>
            <source>harmonization,hls,sentinel-2,landsat,spectral,band adjustment,sbaf,oli,msi</source>
            <translation>harmonisation,hls,sentinel-2,landsat,spectral,ajustement de bandes,sbaf,oli,msi</translation>
        </message>
        <message>
            <source>{} looks like {}, and is taken as {}, as chosen.</source>
            <translation>{} ressemble à {}, et est pris pour {}, comme choisi.</translation>
        </message>
    </context>
    <context>
        <name>AssessQuality</name>
        <message>
            <source>Assess quality</source>
            <translation>Évaluer la qualité</translation>
        </message>
        <message>
            <source>Bands of {} = {}: {}</source>
            <translation>Bandes de {} = {} : {}</translation>
        </message>
        <message>
            <source>Common clear pixels</source>
            <translation>Pixels clairs communs</translation>
        </message>
        <message>
            <source>Compares a raster with a reference of the same place: bands, indices, plots and maps.</source>
            <translation>Compare un raster avec une référence du même lieu : bandes, indices, graphiques et cartes.</translation>
        </message>
        <message>
            <source>Correlation of NDVI</source>
            <translation>Corrélation du NDVI</translation>
        </message>
        <message>
            <source>Correlation of NDVI before</source>
            <translation>Corrélation du NDVI avant</translation>
        </message>
        <message>
            <source>Masked by {}: {}</source>
            <translation>Masqué par {} : {}</translation>
        </message>
        <message>
            <source>Mean spectral angle in degrees</source>
            <translation>Angle spectral moyen en degrés</translation>
        </message>
        <message>
            <source>Nothing tells what the numbers of {} mean. Choose the kind of the mask.</source>
            <translation>Rien n’indique ce que veulent dire les nombres de {}. Choisissez le type du masque.</translation>
        </message>
        <message>
            <source>Quality</source>
            <translation>Qualité</translation>
        </message>
        <message>
            <source>RMSE of all bands</source>
            <translation>RMSE de toutes les bandes</translation>
        </message>
        <message>
            <source>RMSE of all bands before</source>
            <translation>RMSE de toutes les bandes avant</translation>
        </message>
        <message>
            <source>SSIM, mean of the bands</source>
            <translation>SSIM, moyenne des bandes</translation>
        </message>
        <message>
            <source>quality,validation,compare,accuracy,rmse,ssim,psnr,sam,ndvi,correlation,regression,scatter,report,harmonize</source>
            <translation>qualité,validation,comparer,précision,rmse,ssim,psnr,sam,ndvi,corrélation,régression,nuage de points,rapport,harmoniser</translation>
        </message>
    </context>
    <context>
        <name>BrowseButton</name>
        <message>
            <source>Add a product from a file, a folder or the web</source>
            <translation>Ajouter un produit depuis un fichier, un dossier ou le web</translation>
        </message>
        <message>
            <source>Add from the web</source>
            <translation>Ajouter depuis le web</translation>
        </message>
        <message>
            <source>Add products</source>
            <translation>Ajouter des produits</translation>
        </message>
        <message>
            <source>Add the folder of a product</source>
            <translation>Ajouter le dossier d’un produit</translation>
        </message>
        <message>
            <source>Address of the product</source>
            <translation>Adresse du produit</translation>
        </message>
        <message>
            <source>All files</source>
            <translation>Tous les fichiers</translation>
        </message>
        <message>
            <source>File…</source>
            <translation>Fichier…</translation>
        </message>
        <message>
            <source>Folder…</source>
            <translation>Dossier…</translation>
        </message>
        <message>
            <source>Products and rasters</source>
            <translation>Produits et rasters</translation>
        </message>
        <message>
            <source>Web address…</source>
            <translation>Adresse web…</translation>
        </message>
    </context>
    <context>
        <name>CardWords</name>
        <message>
            <source>1 scene</source>
            <translation>1 scène</translation>
        </message>
        <message>
            <source>Experimental: {}</source>
            <translation>Expérimental : {}</translation>
        </message>
        <message>
            <source>From – to</source>
            <translation>De – à</translation>
        </message>
        <message>
            <source>Held-out error</source>
            <translation>Erreur hors apprentissage</translation>
        </message>
        <message>
            <source>Licence</source>
            <translation>Licence</translation>
        </message>
        <message>
            <source>Speed here</source>
            <translation>Vitesse ici</translation>
        </message>
        <message>
            <source>This model has no finer band to take detail from: it makes plausible detail up. Do not measure small things in the result.</source>
            <translation>Ce modèle n’a pas de bande plus fine où prendre le détail : il en invente de plausible. Ne mesurez pas de petits objets dans le résultat.</translation>
        </message>
        <message>
            <source>Trained on</source>
            <translation>Entraîné sur</translation>
        </message>
        <message>
            <source>not measured yet</source>
            <translation>pas encore mesurée</translation>
        </message>
        <message>
            <source>not measured: compare the result with care</source>
            <translation>pas mesurée : comparez le résultat avec prudence</translation>
        </message>
        <message>
            <source>not stated</source>
            <translation>non indiqué</translation>
        </message>
        <message>
            <source>{} % of bicubic’s, on places never seen in training</source>
            <translation>{} % de celle de la bicubique, sur des lieux jamais vus à l’entraînement</translation>
        </message>
        <message>
            <source>{} % of bicubic’s: hardly better</source>
            <translation>{} % de celle de la bicubique : à peine mieux</translation>
        </message>
        <message>
            <source>{} m</source>
            <translation>{} m</translation>
        </message>
        <message>
            <source>{} million pixels a minute</source>
            <translation>{} millions de pixels par minute</translation>
        </message>
        <message>
            <source>{} scenes</source>
            <translation>{} scènes</translation>
        </message>
        <message>
            <source>{} to {} ({} bands)</source>
            <translation>{} à {} ({} bandes)</translation>
        </message>
    </context>
    <context>
        <name>ClassWords</name>
        <message>
            <source>Clouds of {}</source>
            <translation>Nuages de {}</translation>
        </message>
        <message>
            <source>cirrus</source>
            <translation>cirrus</translation>
        </message>
        <message>
            <source>clear</source>
            <translation>clair</translation>
        </message>
        <message>
            <source>cloud</source>
            <translation>nuage</translation>
        </message>
        <message>
            <source>shadow</source>
            <translation>ombre</translation>
        </message>
        <message>
            <source>snow</source>
            <translation>neige</translation>
        </message>
        <message>
            <source>water</source>
            <translation>eau</translation>
        </message>
    </context>
    <context>
        <name>ClassicalStep</name>
        <message>
            <source>Harmonization</source>
            <translation>Harmonisation</translation>
        </message>
        <message>
            <source>{} does not exist. Check {}.</source>
            <translation>{} n’existe pas. Vérifiez {}.</translation>
        </message>
        <message>
            <source>{} is no file. Export it to a GeoTIFF first.</source>
            <translation>{} n’est pas un fichier. Exportez-le d’abord en GeoTIFF.</translation>
        </message>
        <message>
            <source>{}: {} pixels did not fit the range of the values and were cut off.</source>
            <translation>{} : {} pixels sortaient de l’intervalle des valeurs et ont été écrêtés.</translation>
        </message>
    </context>
    <context>
        <name>CloudParameters</name>
        <message>
            <source>A raster that tells where clouds are, on any grid: Landsat's QA_PIXEL, Sentinel-2's SCL, a result of Fmask, or a mask of your own. Only its first band is read. Pixels that it hides do not count.</source>
            <translation>Raster qui indique où sont les nuages, sur une grille quelconque : QA_PIXEL de Landsat, SCL de Sentinel-2, un résultat de Fmask, ou un masque à vous. Seule sa première bande est lue. Les pixels qu’il cache ne comptent pas.</translation>
        </message>
        <message>
            <source>Classes of the mask whose pixels do not count.</source>
            <translation>Classes du masque dont les pixels ne comptent pas.</translation>
        </message>
        <message>
            <source>Clouds, their shadows and cirrus are grown by so many metres, since their edges are thin.</source>
            <translation>Nuages, ombres et cirrus sont élargis d’autant de mètres, car leurs bords sont minces.</translation>
        </message>
        <message>
            <source>Growth of clouds (metres)</source>
            <translation>Élargissement des nuages (mètres)</translation>
        </message>
        <message>
            <source>What the mask hides</source>
            <translation>Ce que cache le masque</translation>
        </message>
        <message>
            <source>What the numbers of the mask mean. auto goes by the name of its file. qa_pixel: bits of Landsat Collection 2. scl: Sentinel-2 scene classification. fmask: 0 land, 1 water, 2 shadow, 3 snow, 4 cloud, 255 fill. hls_fmask: bits of HLS 2. classes: 0 clear, 1 cloud, 2 shadow, 3 cirrus, 4 snow, 5 water, 255 nodata, as harmonize_landsat writes them, grown already. binary: 0 clear, anything else cloud.</source>
            <translation>Ce que veulent dire les nombres du masque. auto suit le nom de son fichier. qa_pixel : bits de Landsat Collection 2. scl : classification de scène de Sentinel-2. fmask : 0 terre, 1 eau, 2 ombre, 3 neige, 4 nuage, 255 vide. hls_fmask : bits de HLS 2. classes : 0 clair, 1 nuage, 2 ombre, 3 cirrus, 4 neige, 5 eau, 255 sans donnée. binary : 0 clair, tout le reste nuage.</translation>
        </message>
    </context>
    <context>
        <name>Coregister</name>
        <message>
            <source>Co-register raster</source>
            <translation>Co-enregistrer un raster</translation>
        </message>
        <message>
            <source>Harmonization</source>
            <translation>Harmonisation</translation>
        </message>
        <message>
            <source>Kind of the mask</source>
            <translation>Type du masque</translation>
        </message>
        <message>
            <source>Mask of clouds</source>
            <translation>Masque des nuages</translation>
        </message>
        <message>
            <source>Metres by which the raster was moved east</source>
            <translation>Mètres dont le raster a été déplacé vers l’est</translation>
        </message>
        <message>
            <source>Metres by which the raster was moved north</source>
            <translation>Mètres dont le raster a été déplacé vers le nord</translation>
        </message>
        <message>
            <source>Moves a raster onto another one of the same place, to a tenth of a pixel, in one resampling.</source>
            <translation>Déplace un raster sur un autre du même lieu, au dixième de pixel près, en un seul rééchantillonnage.</translation>
        </message>
        <message>
            <source>Number of windows that agree</source>
            <translation>Nombre de fenêtres concordantes</translation>
        </message>
        <message>
            <source>RESAMPLING none moves the raster as a whole: it needs GRID input, without LOCAL.</source>
            <translation>RESAMPLING none déplace le raster d’un bloc : il lui faut GRID input, sans LOCAL.</translation>
        </message>
        <message>
            <source>Share of the usable windows that agree</source>
            <translation>Part des fenêtres utilisables qui concordent</translation>
        </message>
        <message>
            <source>Shift vectors</source>
            <translation>Vecteurs de décalage</translation>
        </message>
        <message>
            <source>There is no input.</source>
            <translation>Il n’y a pas d’entrée.</translation>
        </message>
        <message>
            <source>coregistration,registration,align,shift,sub-pixel,phase correlation,landsat,sentinel-2,misregistration</source>
            <translation>co-enregistrement,recalage,aligner,décalage,sous-pixel,corrélation de phase,landsat,sentinel-2</translation>
        </message>
        <message>
            <source>{} is an input itself. Choose another output.</source>
            <translation>{} est elle-même une entrée. Choisissez une autre sortie.</translation>
        </message>
    </context>
    <context>
        <name>CoregisterParameters</name>
        <message>
            <source>A point for each usable window, where the raster shows its middle, with the metres by which it must be moved there (east, north, length_m), the quality from 0 to 1, and whether it agrees with the others (kept). QGIS draws them as arrows.</source>
            <translation>Un point par fenêtre utilisable, là où le raster montre son centre, avec les mètres dont il faut l’y déplacer (east, north, length_m), la qualité de 0 à 1, et s’il concorde avec les autres (kept). QGIS les dessine comme des flèches.</translation>
        </message>
        <message>
            <source>A raster of the same place that lies right. Its pixels may be finer or coarser, and it may be in another UTM zone.</source>
            <translation>Un raster du même lieu bien placé. Ses pixels peuvent être plus fins ou plus grossiers, et il peut être dans une autre zone UTM.</translation>
        </message>
        <message>
            <source>All of its bands are moved alike. A file in a projected coordinate reference system, north up.</source>
            <translation>Toutes ses bandes sont déplacées de la même façon. Un fichier dans un système de coordonnées projeté, nord en haut.</translation>
        </message>
        <message>
            <source>Allow shifts that differ over the raster</source>
            <translation>Permettre des décalages qui varient sur le raster</translation>
        </message>
        <message>
            <source>Band of the raster to compare</source>
            <translation>Bande du raster à comparer</translation>
        </message>
        <message>
            <source>Band of the reference to compare</source>
            <translation>Bande de la référence à comparer</translation>
        </message>
        <message>
            <source>Contrast does not matter, and red against near infrared is found, too; but shadows make such bands lie up to a third of a pixel of 10 m apart, so like bands are better.</source>
            <translation>Le contraste n’importe pas, et rouge contre proche infrarouge fonctionne aussi ; mais les ombres décalent de telles bandes jusqu’à un tiers d’un pixel de 10 m : mieux vaut des bandes semblables.</translation>
        </message>
        <message>
            <source>Fits a smooth grid of shifts instead of one, where that foretells the windows better; they may differ by up to two pixels of the coarser raster.</source>
            <translation>Ajuste une grille lisse de décalages au lieu d’un seul, là où elle prédit mieux les fenêtres ; ils peuvent différer jusqu’à deux pixels du raster le plus grossier.</translation>
        </message>
        <message>
            <source>GeoTIFF with all bands, their names, type, nodata, scale and colours. It appears under its name only when it is complete.</source>
            <translation>GeoTIFF avec toutes les bandes, leurs noms, type, valeur sans donnée, échelle et couleurs. Il n’apparaît sous son nom qu’une fois complet.</translation>
        </message>
        <message>
            <source>Grid of the result</source>
            <translation>Grille du résultat</translation>
        </message>
        <message>
            <source>Largest shift to look for (metres, 0 = ten pixels of the coarser raster)</source>
            <translation>Décalage maximal à chercher (mètres, 0 = dix pixels du raster le plus grossier)</translation>
        </message>
        <message>
            <source>Moved raster</source>
            <translation>Raster déplacé</translation>
        </message>
        <message>
            <source>Raster to move</source>
            <translation>Raster à déplacer</translation>
        </message>
        <message>
            <source>Reference</source>
            <translation>Référence</translation>
        </message>
        <message>
            <source>Resampling</source>
            <translation>Rééchantillonnage</translation>
        </message>
        <message>
            <source>Shift vectors</source>
            <translation>Vecteurs de décalage</translation>
        </message>
        <message>
            <source>The band that shows most nearly what the reference's band shows, such as red and red, or pan and red.</source>
            <translation>La bande qui montre au plus près ce que montre celle de la référence, par exemple rouge et rouge, ou panchromatique et rouge.</translation>
        </message>
        <message>
            <source>What lies further away is not found. A smaller search is safer where there is little to see.</source>
            <translation>Ce qui est plus loin n’est pas trouvé. Une recherche plus étroite est plus sûre là où il y a peu à voir.</translation>
        </message>
        <message>
            <source>cubic is best for reflectance, nearest for classes. none leaves every pixel as it is and moves the origin of the raster instead, which then no longer lies on whole metres.</source>
            <translation>cubic convient le mieux à la réflectance, nearest aux classes. none laisse chaque pixel tel quel et déplace l’origine du raster, qui ne tombe alors plus sur des mètres entiers.</translation>
        </message>
        <message>
            <source>input: the pixels of the raster itself. reference: the coordinate reference system of the reference, with corners on the corners of its pixels; the pixels are a whole number of the reference's, or a whole part of them, and at most as large as the raster's. Either way there is one resampling.</source>
            <translation>input : les pixels du raster lui-même. reference : le système de coordonnées de la référence, coins sur les coins de ses pixels ; les pixels sont un nombre entier de ceux de la référence, ou une partie entière, et au plus aussi grands que ceux du raster. Dans les deux cas il y a un seul rééchantillonnage.</translation>
        </message>
    </context>
    <context>
        <name>DeviceWords</name>
        <message>
            <source>CPU, 1 core</source>
            <translation>Processeur, 1 cœur</translation>
        </message>
        <message>
            <source>CPU, {} cores</source>
            <translation>Processeur, {} cœurs</translation>
        </message>
        <message>
            <source>Chosen in the options.</source>
            <translation>Choisi dans les options.</translation>
        </message>
        <message>
            <source>GPU by {}</source>
            <translation>GPU par {}</translation>
        </message>
        <message>
            <source>No graphics processor was found that ONNX Runtime can use.</source>
            <translation>Aucun processeur graphique utilisable par ONNX Runtime n’a été trouvé.</translation>
        </message>
        <message>
            <source>ONNX Runtime is not installed yet.</source>
            <translation>ONNX Runtime n’est pas encore installé.</translation>
        </message>
        <message>
            <source>The fastest that ONNX Runtime can use here.</source>
            <translation>Le plus rapide qu’ONNX Runtime puisse utiliser ici.</translation>
        </message>
        <message>
            <source>The installed ONNX Runtime has no GPU build for the {}.</source>
            <translation>L’ONNX Runtime installé n’a pas de version GPU pour {}.</translation>
        </message>
        <message>
            <source>The options ask for {}, which the installed ONNX Runtime cannot use.</source>
            <translation>Les options demandent {}, que l’ONNX Runtime installé ne peut pas utiliser.</translation>
        </message>
        <message>
            <source>{}, {} GB</source>
            <translation>{}, {} Go</translation>
        </message>
    </context>
    <context>
        <name>ExampleEntry</name>
        <message>
            <source>Example project</source>
            <translation>Projet d’exemple</translation>
        </message>
        <message>
            <source>Makes a small product of an invented landscape, and opens it in the panel</source>
            <translation>Crée un petit produit d’un paysage inventé et l’ouvre dans le panneau</translation>
        </message>
    </context>
    <context>
        <name>ExampleLink</name>
        <message>
            <source>Making the example: a few seconds…</source>
            <translation>Création de l’exemple : quelques secondes…</translation>
        </message>
        <message>
            <source>No product at hand?</source>
            <translation>Pas de produit sous la main ?</translation>
        </message>
        <message>
            <source>Try an example</source>
            <translation>Essayer un exemple</translation>
        </message>
    </context>
    <context>
        <name>ExampleWords</name>
        <message>
            <source>Example of Sentinel-2, invented (20 m)</source>
            <translation>Exemple de Sentinel-2, inventé (20 m)</translation>
        </message>
        <message>
            <source>Making the example</source>
            <translation>Création de l’exemple</translation>
        </message>
    </context>
    <context>
        <name>ForecastWords</name>
        <message>
            <source>About {}, {}</source>
            <translation>Environ {}, {}</translation>
        </message>
        <message>
            <source>Time and memory: not measured yet</source>
            <translation>Durée et mémoire : pas encore mesurées</translation>
        </message>
        <message>
            <source>{} GB</source>
            <translation>{} Go</translation>
        </message>
        <message>
            <source>{} MB</source>
            <translation>{} Mo</translation>
        </message>
        <message>
            <source>{} h</source>
            <translation>{} h</translation>
        </message>
        <message>
            <source>{} min</source>
            <translation>{} min</translation>
        </message>
        <message>
            <source>{} of memory</source>
            <translation>{} de mémoire</translation>
        </message>
        <message>
            <source>{} s</source>
            <translation>{} s</translation>
        </message>
        <message>
            <source>{} × {} pixels of {} m, {} bands, {}</source>
            <translation>{} × {} pixels de {} m, {} bandes, {}</translation>
        </message>
        <message>
            <source>{}; time not measured yet</source>
            <translation>{} ; durée pas encore mesurée</translation>
        </message>
    </context>
    <context>
        <name>GpuAdvice</name>
        <message>
            <source>An AMD GPU is used where ROCm is installed; a benchmark of a model tells.</source>
            <translation>Un GPU AMD est utilisé là où ROCm est installé ; la mesure d’un modèle le dit.</translation>
        </message>
        <message>
            <source>NVIDIA GPU</source>
            <translation>Le GPU NVIDIA</translation>
        </message>
        <message>
            <source>Networks run on the processor. For a GPU without CUDA, install the wheel onnxruntime-directml from its file.</source>
            <translation>Les réseaux tournent sur le processeur. Pour un GPU sans CUDA, installez la roue onnxruntime-directml depuis son fichier.</translation>
        </message>
        <message>
            <source>No GPU was found that ONNX Runtime can use: networks run on the processor.</source>
            <translation>Aucun GPU utilisable par ONNX Runtime n’a été trouvé : les réseaux tournent sur le processeur.</translation>
        </message>
        <message>
            <source>The GPU is used by way of DirectML.</source>
            <translation>Le GPU est utilisé par DirectML.</translation>
        </message>
        <message>
            <source>The device coreml uses Apple’s GPU in half precision; it is used only when it is chosen.</source>
            <translation>Le matériel coreml utilise le GPU d’Apple en demi-précision ; il ne sert que s’il est choisi.</translation>
        </message>
        <message>
            <source>This ONNX Runtime can use an NVIDIA GPU, but no driver was found. Install NVIDIA’s driver, or leave it: networks then run on the processor.</source>
            <translation>Cet ONNX Runtime peut utiliser un GPU NVIDIA, mais aucun pilote n’a été trouvé. Installez le pilote de NVIDIA, ou laissez ainsi : les réseaux tournent alors sur le processeur.</translation>
        </message>
        <message>
            <source>{} is not used: this ONNX Runtime is the build for processors.</source>
            <translation>{} n’est pas utilisé : cet ONNX Runtime est la version pour processeurs.</translation>
        </message>
        <message>
            <source>{} is used where the libraries CUDA 12 and cuDNN 9 are installed; a benchmark of a model tells.</source>
            <translation>{} est utilisé là où les bibliothèques CUDA 12 et cuDNN 9 sont installées ; la mesure d’un modèle le dit.</translation>
        </message>
    </context>
    <context>
        <name>HarmonizeLandsat</name>
        <message>
            <source>An ensemble is written to one file. Choose one file, or another METHOD.</source>
            <translation>Un ensemble est écrit dans un seul fichier. Choisissez one file, ou une autre METHOD.</translation>
        </message>
        <message>
            <source>Ensemble of {} models.</source>
            <translation>Ensemble de {} modèles.</translation>
        </message>
        <message>
            <source>Execution provider that was used</source>
            <translation>Fournisseur d’exécution utilisé</translation>
        </message>
        <message>
            <source>Give either REFERENCE or MGRS_TILE: each determines the grid of the result.</source>
            <translation>Donnez soit REFERENCE, soit MGRS_TILE : chacun détermine la grille du résultat.</translation>
        </message>
        <message>
            <source>Harmonization</source>
            <translation>Harmonisation</translation>
        </message>
        <message>
            <source>Harmonize Landsat 8/9 to Sentinel-2</source>
            <translation>Harmoniser Landsat 8/9 avec Sentinel-2</translation>
        </message>
        <message>
            <source>Metres that the product was moved east</source>
            <translation>Mètres dont le produit a été déplacé vers l’est</translation>
        </message>
        <message>
            <source>Metres that the product was moved north</source>
            <translation>Mètres dont le produit a été déplacé vers le nord</translation>
        </message>
        <message>
            <source>Models that were used</source>
            <translation>Modèles utilisés</translation>
        </message>
        <message>
            <source>No members of an ensemble are installed: networks that turn Landsat into Sentinel-2's bands, such as those of Deep-Harmonization. Convert and install them, or choose the METHOD network.</source>
            <translation>Aucun membre d’un ensemble n’est installé : des réseaux qui changent Landsat en bandes de Sentinel-2, comme ceux de Deep-Harmonization. Convertissez-les et installez-les, ou choisissez METHOD network.</translation>
        </message>
        <message>
            <source>Part of the pixels without clouds, 0 to 1</source>
            <translation>Part des pixels sans nuages, de 0 à 1</translation>
        </message>
        <message>
            <source>There is no model {} for harmonization. Install one, or choose the METHOD cubic.</source>
            <translation>Il n’y a pas de modèle {} pour l’harmonisation. Installez-en un, ou choisissez METHOD cubic.</translation>
        </message>
        <message>
            <source>Turns Landsat 8/9 reflectance into what Sentinel-2 would have seen: six bands at 10 m.</source>
            <translation>Change la réflectance de Landsat 8/9 en ce qu’aurait vu Sentinel-2 : six bandes à 10 m.</translation>
        </message>
        <message>
            <source>harmonize,hls,landsat,sentinel-2,bandpass,brdf,nbar,time series,pansharpen,10 m</source>
            <translation>harmoniser,hls,landsat,sentinel-2,bande passante,brdf,nbar,série temporelle,pansharpening,10 m</translation>
        </message>
        <message>
            <source>{} does not exist. Check {}.</source>
            <translation>{} n’existe pas. Vérifiez {}.</translation>
        </message>
    </context>
    <context>
        <name>HarmonizeParameters</name>
        <message>
            <source>A JSON file as resources/harmonization/README.md says. Left empty: the bundled one.</source>
            <translation>Un fichier JSON comme le décrit resources/harmonization/README.md. Vide : celui qui est fourni.</translation>
        </message>
        <message>
            <source>All files</source>
            <translation>Tous les fichiers</translation>
        </message>
        <message>
            <source>Band of the reference layer that shows red</source>
            <translation>Bande de la couche de référence qui montre le rouge</translation>
        </message>
        <message>
            <source>Bandpass to adjust to</source>
            <translation>Bande passante visée</translation>
        </message>
        <message>
            <source>Bounds of the harmonized bands</source>
            <translation>Bornes des bandes harmonisées</translation>
        </message>
        <message>
            <source>Classes of clouds</source>
            <translation>Classes de nuages</translation>
        </message>
        <message>
            <source>Clouds reach further than their detected edge.</source>
            <translation>Les nuages vont plus loin que leur bord détecté.</translation>
        </message>
        <message>
            <source>GeoTIFF on the same grid: 0 clear, 1 cloud (with what it was grown to), 2 shadow, 3 cirrus, 4 snow, 5 water, 255 nodata.</source>
            <translation>GeoTIFF sur la même grille : 0 clair, 1 nuage (avec son élargissement), 2 ombre, 3 cirrus, 4 neige, 5 eau, 255 sans donnée.</translation>
        </message>
        <message>
            <source>GeoTIFF with B02, B03, B04, B8A, B11 and B12 at 10 m: reflectance x 10000 as 16-bit integers, negative ones too, nodata -9999. It appears under its name only when it is complete.</source>
            <translation>GeoTIFF avec B02, B03, B04, B8A, B11 et B12 à 10 m : réflectance x 10000 en entiers de 16 bits, négatifs compris, sans donnée -9999. Il n’apparaît sous son nom qu’une fois complet.</translation>
        </message>
        <message>
            <source>GeoTIFF with the bounds between which the sharpened value lies with the stated probability, after the same corrections. It needs the method network and a model with a calibrated interval. With the method ensemble it holds the variance of the members' reflectance.</source>
            <translation>GeoTIFF avec les bornes entre lesquelles se trouve la valeur affinée avec la probabilité indiquée, après les mêmes corrections. Il faut la méthode network et un modèle à intervalle étalonné. Avec la méthode ensemble, il contient la variance de la réflectance des membres.</translation>
        </message>
        <message>
            <source>Growth of clouds and shadows (metres)</source>
            <translation>Élargissement des nuages et des ombres (mètres)</translation>
        </message>
        <message>
            <source>Harmonized bands</source>
            <translation>Bandes harmonisées</translation>
        </message>
        <message>
            <source>Landsat's stated accuracy is 12 m; older or poorly controlled scenes are worse.</source>
            <translation>La précision annoncée de Landsat est de 12 m ; les scènes anciennes ou mal calées sont moins bonnes.</translation>
        </message>
        <message>
            <source>Largest shift that is looked for (metres)</source>
            <translation>Décalage maximal cherché (mètres)</translation>
        </message>
        <message>
            <source>Left empty: that of HLS at this place on this day.</source>
            <translation>Vide : celui de HLS en ce lieu et ce jour.</translation>
        </message>
        <message>
            <source>Level-1 product with the panchromatic band</source>
            <translation>Produit de niveau 1 avec la bande panchromatique</translation>
        </message>
        <message>
            <source>Level-2 products have no panchromatic band (B8). It is taken from the Level-1 product of the same acquisition: the one given here, or one that lies beside the product. The method cubic needs none.</source>
            <translation>Les produits de niveau 2 n’ont pas de bande panchromatique (B8). Elle est prise du produit de niveau 1 de la même acquisition : celui donné ici, ou celui qui se trouve à côté du produit. La méthode cubic n’en a pas besoin.</translation>
        </message>
        <message>
            <source>Lines of HLS v2 that turn Landsat's reflectance into what Sentinel-2's bands would measure. auto: of the reference's satellite, Sentinel-2A where it is not known. none: Landsat's own bandpass is kept.</source>
            <translation>Droites de HLS v2 qui changent la réflectance de Landsat en ce que mesureraient les bandes de Sentinel-2. auto : du satellite de la référence, Sentinel-2A s’il est inconnu. none : la bande passante de Landsat est gardée.</translation>
        </message>
        <message>
            <source>Method</source>
            <translation>Méthode</translation>
        </message>
        <message>
            <source>Move the product onto the reference</source>
            <translation>Déplacer le produit sur la référence</translation>
        </message>
        <message>
            <source>Multiplies the reflectance by the c-factor of Roy et al. (2016), from the angle bands of the product. Where there are none (they belong to Level-1), the sun of the metadata and a view from the zenith are assumed, with a warning. Normalise the Sentinel-2 side as well (Normalise BRDF).</source>
            <translation>Multiplie la réflectance par le facteur c de Roy et al. (2016), d’après les bandes d’angles du produit. S’il n’y en a pas (elles font partie du niveau 1), on suppose le soleil des métadonnées et une vue du zénith, avec un avertissement. Normalisez aussi le côté Sentinel-2 (Normaliser la BRDF).</translation>
        </message>
        <message>
            <source>Normalise to a view from the zenith (BRDF)</source>
            <translation>Normaliser à une vue du zénith (BRDF)</translation>
        </message>
        <message>
            <source>Own table of bandpasses</source>
            <translation>Votre table de bandes passantes</translation>
        </message>
        <message>
            <source>Own table of kernel weights</source>
            <translation>Votre table de poids des noyaux</translation>
        </message>
        <message>
            <source>Sentinel-2 product or layer to match</source>
            <translation>Produit ou couche Sentinel-2 de référence</translation>
        </message>
        <message>
            <source>The result lies on the grid of this Sentinel-2 product, raster file or loaded layer (its name or id), brought to 10 m, and the Landsat product is moved onto it. Without it the result lies on the lattice that all tiles of Sentinel-2 share in this zone of UTM, unmoved.</source>
            <translation>Le résultat est sur la grille de ce produit Sentinel-2, fichier raster ou couche chargée (son nom ou identifiant), amenée à 10 m, et le produit Landsat est déplacé dessus. Sans elle, le résultat est sur le treillis commun à toutes les tuiles de Sentinel-2 dans cette zone UTM, sans déplacement.</translation>
        </message>
        <message>
            <source>The shift is found by phase correlation of gradients in windows over the common area, to a few tenths of a pixel or better, and applied in the same resampling that brings the product to the new grid. Where the evidence is thin the product stays where it is, with a warning.</source>
            <translation>Le décalage est trouvé par corrélation de phase des gradients dans des fenêtres de la zone commune, à quelques dixièmes de pixel ou mieux, et appliqué dans le rééchantillonnage même qui amène le produit sur la nouvelle grille. Si les preuves sont minces, le produit reste où il est, avec un avertissement.</translation>
        </message>
        <message>
            <source>Tile of Sentinel-2, such as 31TCJ</source>
            <translation>Tuile de Sentinel-2, par exemple 31TCJ</translation>
        </message>
        <message>
            <source>Used to find the shift. Of Sentinel-2 products B04 is taken whatever is said here.</source>
            <translation>Sert à trouver le décalage. Pour les produits Sentinel-2, B04 est prise quoi qu’on dise ici.</translation>
        </message>
        <message>
            <source>Where clouds or shadows hide the ground</source>
            <translation>Là où nuages ou ombres cachent le sol</translation>
        </message>
        <message>
            <source>Without a reference: the tile whose grid and extent the result has.</source>
            <translation>Sans référence : la tuile dont le résultat a la grille et l’emprise.</translation>
        </message>
        <message>
            <source>Zenith of the sun to normalise to (degrees)</source>
            <translation>Zénith du soleil visé (degrés)</translation>
        </message>
        <message>
            <source>network: the 30 m bands are sharpened to 10 m with the panchromatic band's help. ensemble: the mean of all installed networks that turn Landsat into Sentinel-2's bands, such as those of Deep-Harmonization; the bounds then hold their variance. pansharpen: the panchromatic band's details, weighted by how each band of this scene follows it; nothing is learned. cubic: interpolation, which invents nothing and needs no panchromatic band. The corrections below follow.</source>
            <translation>network : les bandes de 30 m sont affinées à 10 m à l’aide de la bande panchromatique. ensemble : la moyenne de tous les réseaux installés qui changent Landsat en bandes de Sentinel-2, comme ceux de Deep-Harmonization ; les bornes contiennent alors leur variance. pansharpen : les détails de la bande panchromatique, pondérés selon que chaque bande de cette scène la suit ; rien n’est appris. cubic : interpolation, qui n’invente rien et n’a pas besoin de bande panchromatique. Les corrections ci-dessous suivent.</translation>
        </message>
        <message>
            <source>original: the Landsat pixels, enlarged and corrected, as networks change the spectra of clouds. nodata: nothing. harmonized: as everywhere. Clouds, shadows and cirrus are those of QA_PIXEL, grown.</source>
            <translation>original : les pixels de Landsat, agrandis et corrigés, car les réseaux changent le spectre des nuages. nodata : rien. harmonized : comme partout. Nuages, ombres et cirrus sont ceux de QA_PIXEL, élargis.</translation>
        </message>
    </context>
    <context>
        <name>IndexProfile</name>
        <message>
            <source>, {} m around it</source>
            <translation>, {} m autour</translation>
        </message>
        <message>
            <source>A band by its name, or by its colour: blue, green, red, nir, swir1, swir2. Only for own.</source>
            <translation>Une bande par son nom, ou par sa couleur : blue, green, red, nir, swir1, swir2. Seulement pour own.</translation>
        </message>
        <message>
            <source>A dot for each clear date in the colour of its sensor. SVG can be enlarged and edited.</source>
            <translation>Un point par date claire, dans la couleur de son capteur. Un SVG peut être agrandi et modifié.</translation>
        </message>
        <message>
            <source>A line for each date: date, sensor, index, reflectances of the two bands, clear pixels.</source>
            <translation>Une ligne par date : date, capteur, indice, réflectances des deux bandes, pixels clairs.</translation>
        </message>
        <message>
            <source>A normalised difference (a - b) / (a + b). NDVI: near infrared and red. NDWI: green and near infrared. NDWI1, NDWI2: near infrared and the first or second short-wave infrared. own: two bands of your choice.</source>
            <translation>Une différence normalisée (a - b) / (a + b). NDVI : proche infrarouge et rouge. NDWI : vert et proche infrarouge. NDWI1, NDWI2 : proche infrarouge et premier ou second infrarouge à ondes courtes. own : deux bandes de votre choix.</translation>
        </message>
        <message>
            <source>Clear dates</source>
            <translation>Dates claires</translation>
        </message>
        <message>
            <source>Dates of which fewer pixels of the square are clear have no value.</source>
            <translation>Les dates dont moins de pixels du carré sont clairs n’ont pas de valeur.</translation>
        </message>
        <message>
            <source>First band of an own index</source>
            <translation>Première bande de votre indice</translation>
        </message>
        <message>
            <source>Half side of the square (metres)</source>
            <translation>Demi-côté du carré (mètres)</translation>
        </message>
        <message>
            <source>Index</source>
            <translation>Indice</translation>
        </message>
        <message>
            <source>Index profile at a point</source>
            <translation>Profil d’un indice en un point</translation>
        </message>
        <message>
            <source>Largest value of the index</source>
            <translation>Plus grande valeur de l’indice</translation>
        </message>
        <message>
            <source>Least share of clear pixels (percent)</source>
            <translation>Part minimale de pixels clairs (pour cent)</translation>
        </message>
        <message>
            <source>Mean of the index</source>
            <translation>Moyenne de l’indice</translation>
        </message>
        <message>
            <source>Plot</source>
            <translation>Graphique</translation>
        </message>
        <message>
            <source>Point</source>
            <translation>Point</translation>
        </message>
        <message>
            <source>Second band of an own index</source>
            <translation>Seconde bande de votre indice</translation>
        </message>
        <message>
            <source>Smallest value of the index</source>
            <translation>Plus petite valeur de l’indice</translation>
        </message>
        <message>
            <source>Table</source>
            <translation>Table</translation>
        </message>
        <message>
            <source>The index is averaged over the clear pixels whose centres lie in this square around the point; 0 takes the pixel under the point alone.</source>
            <translation>L’indice est moyenné sur les pixels clairs dont le centre est dans ce carré autour du point ; 0 prend le seul pixel sous le point.</translation>
        </message>
        <message>
            <source>Time series</source>
            <translation>Série temporelle</translation>
        </message>
        <message>
            <source>Where, in any coordinate reference system. The rasters need not be on one grid.</source>
            <translation>Où, dans un système de coordonnées quelconque. Les rasters n’ont pas besoin d’être sur une même grille.</translation>
        </message>
        <message>
            <source>Writes the course of NDVI or another index at a point as a table and a plot.</source>
            <translation>Écrit l’évolution du NDVI ou d’un autre indice en un point, en table et en graphique.</translation>
        </message>
        <message>
            <source>at {}, {}{}</source>
            <translation>en {}, {}{}</translation>
        </message>
        <message>
            <source>ndvi,ndwi,index,profile,point,time series,phenology,plot,curve,normalised difference</source>
            <translation>ndvi,ndwi,indice,profil,point,série temporelle,phénologie,graphique,courbe,différence normalisée</translation>
        </message>
        <message>
            <source>{} of {} dates are clear at this point.</source>
            <translation>{} dates sur {} sont claires en ce point.</translation>
        </message>
    </context>
    <context>
        <name>InputWords</name>
        <message>
            <source>Layer from a server</source>
            <translation>Couche d’un serveur</translation>
        </message>
        <message>
            <source>On the web, not fetched yet</source>
            <translation>Sur le web, pas encore téléchargé</translation>
        </message>
        <message>
            <source>Raster, {}</source>
            <translation>Raster, {}</translation>
        </message>
        <message>
            <source>{} m</source>
            <translation>{} m</translation>
        </message>
        <message>
            <source>{} m: {}</source>
            <translation>{} m : {}</translation>
        </message>
    </context>
    <context>
        <name>InputsView</name>
        <message>
            <source>Adds a raster layer of the project; parts of a product stand for all of it.</source>
            <translation>Ajoute une couche raster du projet ; une partie d’un produit vaut pour tout le produit.</translation>
        </message>
        <message>
            <source>Cannot be read</source>
            <translation>Illisible</translation>
        </message>
        <message>
            <source>Choose a loaded layer…</source>
            <translation>Choisir une couche chargée…</translation>
        </message>
        <message>
            <source>Drop a product here: .SAFE, .zip, .tar, MTL, .hdf – or choose a loaded layer above.</source>
            <translation>Déposez un produit ici : .SAFE, .zip, .tar, MTL, .hdf – ou choisissez une couche chargée ci-dessus.</translation>
        </message>
        <message>
            <source>Move down</source>
            <translation>Descendre</translation>
        </message>
        <message>
            <source>Move up</source>
            <translation>Monter</translation>
        </message>
        <message>
            <source>Recognising {}</source>
            <translation>Identification de {}</translation>
        </message>
        <message>
            <source>Recognising…</source>
            <translation>Identification…</translation>
        </message>
        <message>
            <source>Take off the list</source>
            <translation>Retirer de la liste</translation>
        </message>
    </context>
    <context>
        <name>InstallModel</name>
        <message>
            <source>Checks a model from a file, a folder, a zip archive or an address and installs it.</source>
            <translation>Vérifie un modèle (fichier, dossier, archive zip ou adresse) et l’installe.</translation>
        </message>
        <message>
            <source>Id of the model, for MODEL</source>
            <translation>Identifiant du modèle, pour MODEL</translation>
        </message>
        <message>
            <source>Install model</source>
            <translation>Installer un modèle</translation>
        </message>
        <message>
            <source>Installed {} ({}) in {}: {} MB, licence {}, sensor {}, scale factor {}.</source>
            <translation>{} ({}) installé dans {} : {} Mo, licence {}, capteur {}, facteur d’échelle {}.</translation>
        </message>
        <message>
            <source>Licence of the model</source>
            <translation>Licence du modèle</translation>
        </message>
        <message>
            <source>No algorithm reads products of the sensor {}, so no list offers this model.</source>
            <translation>Aucun algorithme ne lit les produits du capteur {} : aucune liste ne propose donc ce modèle.</translation>
        </message>
        <message>
            <source>ONNX Runtime is not installed, so whether it can load the model is not tried.</source>
            <translation>ONNX Runtime n’est pas installé : son chargement du modèle n’est donc pas essayé.</translation>
        </message>
        <message>
            <source>Path of the installed card</source>
            <translation>Chemin de la fiche installée</translation>
        </message>
        <message>
            <source>SHA-256 of the file: {}</source>
            <translation>SHA-256 du fichier : {}</translation>
        </message>
        <message>
            <source>SHA-256 of the installed ONNX file</source>
            <translation>SHA-256 du fichier ONNX installé</translation>
        </message>
        <message>
            <source>SHA256 must be 64 hexadecimal digits, not {}.</source>
            <translation>SHA256 doit compter 64 chiffres hexadécimaux, et non {}.</translation>
        </message>
        <message>
            <source>The file was downloaded, but not installed: nobody vouches for it. Its SHA-256 is {}. Compare it with the one that its publisher gives, then run again with SHA256 set to it, or with CONFIRM. It is not downloaded again.</source>
            <translation>Le fichier a été téléchargé mais pas installé : personne ne s’en porte garant. Son SHA-256 est {}. Comparez-le à celui que donne son éditeur, puis relancez avec ce SHA256, ou avec CONFIRM. Il n’est pas téléchargé de nouveau.</translation>
        </message>
        <message>
            <source>model,onnx,card,network,weights,download,add,zip,url</source>
            <translation>modèle,onnx,fiche,réseau,poids,télécharger,ajouter,zip,url</translation>
        </message>
        <message>
            <source>{} does not exist. Check the path of the model.</source>
            <translation>{} n’existe pas. Vérifiez le chemin du modèle.</translation>
        </message>
    </context>
    <context>
        <name>InstallParameters</name>
        <message>
            <source>A card (.json) with its ONNX file beside it, an ONNX file with its card beside it, a folder or a .zip archive that holds one model, or the https address of such a file, typed or pasted.</source>
            <translation>Une fiche (.json) avec son fichier ONNX à côté, un fichier ONNX avec sa fiche à côté, un dossier ou une archive .zip qui contient un modèle, ou l’adresse https d’un tel fichier, saisie ou collée.</translation>
        </message>
        <message>
            <source>All files</source>
            <translation>Tous les fichiers</translation>
        </message>
        <message>
            <source>Digest of the archive, else of the ONNX file, as its publisher gives it: 64 hexadecimal digits. Another file is refused. It may be left out for files that are on this computer.</source>
            <translation>Empreinte de l’archive, sinon du fichier ONNX, telle que la donne son éditeur : 64 chiffres hexadécimaux. Tout autre fichier est refusé. Elle est facultative pour les fichiers de cet ordinateur.</translation>
        </message>
        <message>
            <source>Downloads, archives and models that are larger, packed or unpacked, are refused.</source>
            <translation>Les téléchargements, archives et modèles plus grands, compressés ou non, sont refusés.</translation>
        </message>
        <message>
            <source>Install from an address without a digest</source>
            <translation>Installer depuis une adresse sans empreinte</translation>
        </message>
        <message>
            <source>Largest size in megabytes</source>
            <translation>Taille maximale en mégaoctets</translation>
        </message>
        <message>
            <source>Model: file, folder, zip archive or address</source>
            <translation>Modèle : fichier, dossier, archive zip ou adresse</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modèles</translation>
        </message>
        <message>
            <source>Replace an installed model of the same id</source>
            <translation>Remplacer un modèle installé de même identifiant</translation>
        </message>
        <message>
            <source>SHA-256 of the file</source>
            <translation>SHA-256 du fichier</translation>
        </message>
        <message>
            <source>Without it and without a digest, a model from an address is only downloaded, and the log shows its digest for you to compare. Run again with this set if you trust the publisher.</source>
            <translation>Sans elle et sans empreinte, un modèle venant d’une adresse est seulement téléchargé, et le journal montre son empreinte pour comparaison. Relancez avec cette option si vous faites confiance à l’éditeur.</translation>
        </message>
        <message>
            <source>Without it, a model whose id is taken is refused. Bundled models are never replaced.</source>
            <translation>Sans elle, un modèle dont l’identifiant est pris est refusé. Les modèles fournis ne sont jamais remplacés.</translation>
        </message>
    </context>
    <context>
        <name>LayerExport</name>
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
        <message>
            <source>{} has no pixels of its own. Choose a MODEL, whose GSD it is then drawn at.</source>
            <translation>{} n’a pas de pixels propres. Choisissez un MODEL, au pas duquel la couche sera dessinée.</translation>
        </message>
        <message>
            <source>{} is no file. Choose an EXTENT to export it for.</source>
            <translation>{} n’est pas un fichier. Choisissez une EXTENT pour l’exporter.</translation>
        </message>
    </context>
    <context>
        <name>LayerLocator</name>
        <message>
            <source>SatSharp: super-resolve a layer</source>
            <translation>SatSharp : super-résolution d’une couche</translation>
        </message>
        <message>
            <source>Super-resolve {}</source>
            <translation>Super-résolution de {}</translation>
        </message>
    </context>
    <context>
        <name>LayerMenu</name>
        <message>
            <source>Super-resolve…</source>
            <translation>Super-résolution…</translation>
        </message>
        <message>
            <source>Takes this layer as the input of the SatSharp panel</source>
            <translation>Prend cette couche comme entrée du panneau SatSharp</translation>
        </message>
    </context>
    <context>
        <name>ListModels</name>
        <message>
            <source>A page to read (.html), or the same for programs (.json), by the suffix of the name.</source>
            <translation>Une page à lire (.html), ou la même chose pour les programmes (.json), selon le suffixe du nom.</translation>
        </message>
        <message>
            <source>Address</source>
            <translation>Adresse</translation>
        </message>
        <message>
            <source>Adds the catalogue: addresses, licences and digests of models of other projects, which you can fetch and convert. With an address of a further catalogue in the settings, that is fetched, too.</source>
            <translation>Ajoute le catalogue : adresses, licences et empreintes de modèles d’autres projets, que vous pouvez télécharger et convertir. Si l’adresse d’un autre catalogue figure dans les réglages, il est téléchargé aussi.</translation>
        </message>
        <message>
            <source>Also list models that others published</source>
            <translation>Lister aussi les modèles publiés par d’autres</translation>
        </message>
        <message>
            <source>Bands</source>
            <translation>Bandes</translation>
        </message>
        <message>
            <source>Experimental</source>
            <translation>Expérimental</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>Dossier</translation>
        </message>
        <message>
            <source>GSD</source>
            <translation>Pas au sol</translation>
        </message>
        <message>
            <source>How to get it</source>
            <translation>Comment l’obtenir</translation>
        </message>
        <message>
            <source>Id</source>
            <translation>Identifiant</translation>
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
            <source>Licence</source>
            <translation>Licence</translation>
        </message>
        <message>
            <source>List models</source>
            <translation>Lister les modèles</translation>
        </message>
        <message>
            <source>List of models</source>
            <translation>Liste des modèles</translation>
        </message>
        <message>
            <source>Lists the installed models with licence and figures, and models that others published.</source>
            <translation>Liste les modèles installés, avec licence et chiffres, et des modèles publiés par d’autres.</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modèles</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Nom</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>Remarque</translation>
        </message>
        <message>
            <source>Number of installed models</source>
            <translation>Nombre de modèles installés</translation>
        </message>
        <message>
            <source>Origin</source>
            <translation>Origine</translation>
        </message>
        <message>
            <source>Page</source>
            <translation>Page</translation>
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
            <source>RMSE / bicubic</source>
            <translation>RMSE / bicubique</translation>
        </message>
        <message>
            <source>Scale factor</source>
            <translation>Facteur d’échelle</translation>
        </message>
        <message>
            <source>Sensor</source>
            <translation>Capteur</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Taille</translation>
        </message>
        <message>
            <source>model,onnx,catalogue,licence,report</source>
            <translation>modèle,onnx,catalogue,licence,rapport</translation>
        </message>
        <message>
            <source>{} is experimental: {}</source>
            <translation>{} est expérimental : {}</translation>
        </message>
    </context>
    <context>
        <name>LookAhead</name>
        <message>
            <source>Look at the scene: {}</source>
            <translation>Examen de la scène : {}</translation>
        </message>
    </context>
    <context>
        <name>MainLayout</name>
        <message>
            <source>1. Input</source>
            <translation>1. Entrée</translation>
        </message>
        <message>
            <source>2. What to do</source>
            <translation>2. Que faire</translation>
        </message>
        <message>
            <source>3. Where</source>
            <translation>3. Où</translation>
        </message>
        <message>
            <source>4. Preview</source>
            <translation>4. Aperçu</translation>
        </message>
        <message>
            <source>All parameters: opens the algorithm’s own dialog, filled with what is chosen here</source>
            <translation>Tous les paramètres : ouvre la boîte de dialogue de l’algorithme, remplie avec ces choix</translation>
        </message>
        <message>
            <source>Chosen in Settings &gt; Options &gt; SatSharp.</source>
            <translation>Choisi dans Préférences &gt; Options &gt; SatSharp.</translation>
        </message>
        <message>
            <source>From one tile that was tried on this device, or from earlier runs; memory beside that of QGIS.</source>
            <translation>D’après une tuile essayée sur ce matériel, ou des traitements antérieurs ; mémoire en plus de celle de QGIS.</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modèles</translation>
        </message>
        <message>
            <source>Models: installed and available</source>
            <translation>Modèles : installés et disponibles</translation>
        </message>
        <message>
            <source>Options of SatSharp</source>
            <translation>Options de SatSharp</translation>
        </message>
        <message>
            <source>Run</source>
            <translation>Exécuter</translation>
        </message>
    </context>
    <context>
        <name>MainPage</name>
        <message>
            <source>A layer from a server needs a part: choose it under Where.</source>
            <translation>Une couche d’un serveur demande une partie : choisissez-la sous Où.</translation>
        </message>
        <message>
            <source>Add an input first.</source>
            <translation>Ajoutez d’abord une entrée.</translation>
        </message>
        <message>
            <source>Looking for models that fit</source>
            <translation>Recherche de modèles adaptés</translation>
        </message>
        <message>
            <source>Looking for models that fit…</source>
            <translation>Recherche de modèles adaptés…</translation>
        </message>
        <message>
            <source>No installed model fits this input. Install one that takes its bands.</source>
            <translation>Aucun modèle installé ne convient à cette entrée. Installez-en un qui prend ses bandes.</translation>
        </message>
        <message>
            <source>Nothing can be done with an input that cannot be read.</source>
            <translation>On ne peut rien faire d’une entrée illisible.</translation>
        </message>
        <message>
            <source>Planning</source>
            <translation>Planification</translation>
        </message>
        <message>
            <source>Recognising the input…</source>
            <translation>Identification de l’entrée…</translation>
        </message>
        <message>
            <source>Runs in the background; the panel stays free for the next input.</source>
            <translation>Tourne en arrière-plan ; le panneau reste libre pour l’entrée suivante.</translation>
        </message>
        <message>
            <source>SatSharp</source>
            <translation>SatSharp</translation>
        </message>
        <message>
            <source>Trying one tile</source>
            <translation>Essai d’une tuile</translation>
        </message>
    </context>
    <context>
        <name>MeasuredLayers</name>
        <message>
            <source>{} is no file. Export it to a GeoTIFF first (Export &gt; Save As).</source>
            <translation>{} n’est pas un fichier. Exportez-le d’abord en GeoTIFF (Exporter &gt; Sauvegarder sous).</translation>
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
        <name>ModelWords</name>
        <message>
            <source>By</source>
            <translation>Par</translation>
        </message>
        <message>
            <source>Convert it with SatSharp’s tools, outside of QGIS, on a computer with PyTorch:</source>
            <translation>Convertissez-le avec les outils de SatSharp, hors de QGIS, sur un ordinateur avec PyTorch :</translation>
        </message>
        <message>
            <source>Experimental: {}</source>
            <translation>Expérimental : {}</translation>
        </message>
        <message>
            <source>File</source>
            <translation>Fichier</translation>
        </message>
        <message>
            <source>Get the file of the model: ONNX, Keras, PyTorch or safetensors.</source>
            <translation>Procurez-vous le fichier du modèle : ONNX, Keras, PyTorch ou safetensors.</translation>
        </message>
        <message>
            <source>Install the card and the ONNX file that this writes, with the button Install.</source>
            <translation>Installez la fiche et le fichier ONNX ainsi écrits, avec le bouton Installer.</translation>
        </message>
        <message>
            <source>It can be installed as it is.</source>
            <translation>Il peut être installé tel quel.</translation>
        </message>
        <message>
            <source>It has to be converted outside of QGIS, on a computer with PyTorch, then installed:</source>
            <translation>Il faut le convertir hors de QGIS, sur un ordinateur avec PyTorch, puis l’installer :</translation>
        </message>
        <message>
            <source>It makes plausible detail up: do not measure small things in its results.</source>
            <translation>Il invente des détails plausibles : ne mesurez pas de petits objets dans ses résultats.</translation>
        </message>
        <message>
            <source>Licence</source>
            <translation>Licence</translation>
        </message>
        <message>
            <source>Made for</source>
            <translation>Fait pour</translation>
        </message>
        <message>
            <source>Models of other frameworks</source>
            <translation>Modèles d’autres logiciels</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>Remarque</translation>
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
            <source>Size</source>
            <translation>Taille</translation>
        </message>
        <message>
            <source>Speed here</source>
            <translation>Vitesse ici</translation>
        </message>
        <message>
            <source>Such files are programs as much as data: QGIS must not run them. Converting checks them, compares the results and writes a card.</source>
            <translation>De tels fichiers sont autant des programmes que des données : QGIS ne doit pas les exécuter. La conversion les vérifie, compare les résultats et écrit une fiche.</translation>
        </message>
        <message>
            <source>not stated</source>
            <translation>non indiqué</translation>
        </message>
        <message>
            <source>{} MB</source>
            <translation>{} Mo</translation>
        </message>
    </context>
    <context>
        <name>ModelsEntry</name>
        <message>
            <source>Add models for indices to the toolbox</source>
            <translation>Ajouter des modèles d’indices à la boîte à outils</translation>
        </message>
        <message>
            <source>Models that sharpen a Sentinel-2 product and compute an index at 10 m</source>
            <translation>Modèles qui affinent un produit Sentinel-2 et calculent un indice à 10 m</translation>
        </message>
        <message>
            <source>The models are in the Processing toolbox already, under Models.</source>
            <translation>Les modèles sont déjà dans la boîte à outils de traitements, sous Modèles.</translation>
        </message>
        <message>
            <source>{} models were added to the Processing toolbox, under Models.</source>
            <translation>{} modèles ont été ajoutés à la boîte à outils de traitements, sous Modèles.</translation>
        </message>
    </context>
    <context>
        <name>ModelsList</name>
        <message>
            <source>Installed ({})</source>
            <translation>Installés ({})</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modèles</translation>
        </message>
        <message>
            <source>Published by others ({})</source>
            <translation>Publiés par d’autres ({})</translation>
        </message>
        <message>
            <source>bundled</source>
            <translation>fourni</translation>
        </message>
        <message>
            <source>your own</source>
            <translation>à vous</translation>
        </message>
    </context>
    <context>
        <name>ModelsTools</name>
        <message>
            <source>Address of a .zip, .json or .onnx file; press Enter to install it</source>
            <translation>Adresse d’un fichier .zip, .json ou .onnx ; Entrée l’installe</translation>
        </message>
        <message>
            <source>Address of a model</source>
            <translation>Adresse d’un modèle</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Annuler</translation>
        </message>
        <message>
            <source>From a file…</source>
            <translation>Depuis un fichier…</translation>
        </message>
        <message>
            <source>From an address…</source>
            <translation>Depuis une adresse…</translation>
        </message>
        <message>
            <source>From another framework…</source>
            <translation>Depuis un autre logiciel…</translation>
        </message>
        <message>
            <source>Install</source>
            <translation>Installer</translation>
        </message>
        <message>
            <source>Install a model</source>
            <translation>Installer un modèle</translation>
        </message>
        <message>
            <source>Measure</source>
            <translation>Mesurer</translation>
        </message>
        <message>
            <source>Measure how fast this model is on this machine</source>
            <translation>Mesurer la vitesse de ce modèle sur cet ordinateur</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modèles</translation>
        </message>
        <message>
            <source>Progress</source>
            <translation>Avancement</translation>
        </message>
        <message>
            <source>Remove this model of your own</source>
            <translation>Supprimer ce modèle à vous</translation>
        </message>
    </context>
    <context>
        <name>ModelsView</name>
        <message>
            <source>Install it all the same</source>
            <translation>L’installer quand même</translation>
        </message>
        <message>
            <source>Installing {}…</source>
            <translation>Installation de {}…</translation>
        </message>
        <message>
            <source>Measured; times in the panel are estimated with it.</source>
            <translation>Mesuré ; les durées du panneau s’appuient dessus.</translation>
        </message>
        <message>
            <source>Measuring {}</source>
            <translation>Mesure de {}</translation>
        </message>
        <message>
            <source>Reading models</source>
            <translation>Lecture des modèles</translation>
        </message>
        <message>
            <source>Removed.</source>
            <translation>Supprimé.</translation>
        </message>
        <message>
            <source>Removing {}…</source>
            <translation>Suppression de {}…</translation>
        </message>
        <message>
            <source>Replace the installed one</source>
            <translation>Remplacer celui qui est installé</translation>
        </message>
        <message>
            <source>Search models</source>
            <translation>Chercher des modèles</translation>
        </message>
        <message>
            <source>Trying {} on one tile…</source>
            <translation>Essai de {} sur une tuile…</translation>
        </message>
        <message>
            <source>What is known of the model</source>
            <translation>Ce que l’on sait du modèle</translation>
        </message>
        <message>
            <source>{} is installed.</source>
            <translation>{} est installé.</translation>
        </message>
    </context>
    <context>
        <name>NormalizeBrdf</name>
        <message>
            <source>Normalise BRDF</source>
            <translation>Normaliser la BRDF</translation>
        </message>
        <message>
            <source>Normalised bands</source>
            <translation>Bandes normalisées</translation>
        </message>
        <message>
            <source>Reflectance of {} normalised to a view from the zenith.</source>
            <translation>Réflectance de {} normalisée à une vue du zénith.</translation>
        </message>
        <message>
            <source>Removes the effect of the view angle: nadir BRDF-adjusted reflectance (NBAR) as in HLS.</source>
            <translation>Retire l’effet de l’angle de vue : réflectance NBAR (nadir, ajustée de la BRDF) comme dans HLS.</translation>
        </message>
        <message>
            <source>Weights of the BRDF kernels to use instead of those of Roy et al.</source>
            <translation>Poids des noyaux BRDF, à la place de ceux de Roy et al.</translation>
        </message>
        <message>
            <source>harmonization,hls,nbar,brdf,c-factor,nadir,view angle,sun,sentinel-2,landsat,roy</source>
            <translation>harmonisation,hls,nbar,brdf,facteur c,nadir,angle de vue,soleil,sentinel-2,landsat,roy</translation>
        </message>
        <message>
            <source>{} cannot be {}. Give 0 to {:g} degrees, or -1 for that of HLS.</source>
            <translation>{} ne peut pas être {}. Donnez de 0 à {:g} degrés, ou -1 pour celui de HLS.</translation>
        </message>
        <message>
            <source>{} is a raster, which has no angles. Choose the product that it was made from as ANGLES.</source>
            <translation>{} est un raster, qui n’a pas d’angles. Choisissez comme ANGLES le produit dont il provient.</translation>
        </message>
    </context>
    <context>
        <name>Offers</name>
        <message>
            <source>Enlarge or sharpen</source>
            <translation>Agrandir ou affiner</translation>
        </message>
        <message>
            <source>Harmonize by interpolation, 10 m</source>
            <translation>Harmoniser par interpolation, 10 m</translation>
        </message>
        <message>
            <source>Harmonize by pan-sharpening, 10 m</source>
            <translation>Harmoniser par pansharpening, 10 m</translation>
        </message>
        <message>
            <source>Harmonize to Sentinel-2, 10 m</source>
            <translation>Harmoniser avec Sentinel-2, 10 m</translation>
        </message>
        <message>
            <source>Sharpen all bands</source>
            <translation>Affiner toutes les bandes</translation>
        </message>
        <message>
            <source>Sharpen all bands to {}</source>
            <translation>Affiner toutes les bandes à {}</translation>
        </message>
        <message>
            <source>Sharpen the {} bands to {}</source>
            <translation>Affiner les bandes de {} à {}</translation>
        </message>
        <message>
            <source>Sharpen with a finer raster</source>
            <translation>Affiner avec un raster plus fin</translation>
        </message>
        <message>
            <source>{}: {} times finer</source>
            <translation>{} : {} fois plus fin</translation>
        </message>
    </context>
    <context>
        <name>OutputParameters</name>
        <message>
            <source>Bounds of the sharpened bands</source>
            <translation>Bornes des bandes affinées</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>Fichiers</translation>
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
            <source>GeoTIFF with all bands on the finest grid, in the digital numbers of the input. It appears under its name only when it is complete.</source>
            <translation>GeoTIFF avec toutes les bandes sur la grille la plus fine, dans les comptes numériques du produit. Il n’apparaît sous son nom qu’une fois complet.</translation>
        </message>
        <message>
            <source>GeoTIFF with two bands for each sharpened one: the bounds between which the truth lies with the probability that the model was calibrated for, such as 90 %, in the digital numbers of the input. It needs models with a calibrated interval and does not change a digit of the other output.</source>
            <translation>GeoTIFF avec deux bandes pour chaque bande affinée : les bornes entre lesquelles se trouve la vérité avec la probabilité pour laquelle le modèle a été étalonné, par exemple 90 %, dans les comptes numériques du produit. Il demande des modèles à intervalle étalonné et ne change aucun chiffre de l’autre résultat.</translation>
        </message>
        <message>
            <source>Super-resolved bands</source>
            <translation>Bandes en super-résolution</translation>
        </message>
        <message>
            <source>Values</source>
            <translation>Valeurs</translation>
        </message>
        <message>
            <source>With a name that ends in .vrt the GeoTIFF lies beside a VRT of that name, for other programs.</source>
            <translation>Avec un nom qui se termine par .vrt, le GeoTIFF se trouve à côté d’un VRT de ce nom, pour d’autres programmes.</translation>
        </message>
        <message>
            <source>digital numbers: as the product stores them, with scale and offset in the file. reflectance: floating-point numbers with NaN as nodata, without scale and offset; saturated pixels become nodata.</source>
            <translation>digital numbers : comptes numériques tels que le produit les stocke, avec échelle et décalage dans le fichier. reflectance : réflectance en nombres à virgule flottante, NaN pour l’absence de données, sans échelle ni décalage ; les pixels saturés deviennent sans données.</translation>
        </message>
        <message>
            <source>one file holds all bands. one file a band: each band is written to NAME_BAND.tif beside the output, which is then NAME.vrt, a small file that joins them, so that QGIS and other programs open all bands as one raster. The values are the same.</source>
            <translation>one file : un fichier contient toutes les bandes. one file a band : chaque bande est écrite dans NAME_BAND.tif à côté de la sortie, qui est alors NAME.vrt, un petit fichier qui les réunit, de sorte que QGIS et d’autres programmes ouvrent toutes les bandes comme un seul raster. Les valeurs sont les mêmes.</translation>
        </message>
    </context>
    <context>
        <name>OutputView</name>
        <message>
            <source>A second layer with the bounds between which the truth lies, as the model was calibrated.</source>
            <translation>Une seconde couche avec les bornes entre lesquelles se trouve la vérité, selon l’étalonnage du modèle.</translation>
        </message>
        <message>
            <source>Also show doubt</source>
            <translation>Montrer aussi le doute</translation>
        </message>
        <message>
            <source>GeoTIFF (*.tif);;Virtual raster (*.vrt)</source>
            <translation>GeoTIFF (*.tif);;Raster virtuel (*.vrt)</translation>
        </message>
        <message>
            <source>GeoTIFF of the result. A temporary file is gone with QGIS, and its run cannot be resumed later.</source>
            <translation>GeoTIFF du résultat. Un fichier temporaire disparaît avec QGIS, et son traitement ne peut pas être repris plus tard.</translation>
        </message>
        <message>
            <source>Save the result</source>
            <translation>Enregistrer le résultat</translation>
        </message>
        <message>
            <source>Save to a temporary file</source>
            <translation>Enregistrer dans un fichier temporaire</translation>
        </message>
        <message>
            <source>Save to a temporary folder</source>
            <translation>Enregistrer dans un dossier temporaire</translation>
        </message>
        <message>
            <source>Table (*.csv)</source>
            <translation>Tableau (*.csv)</translation>
        </message>
    </context>
    <context>
        <name>Parameters</name>
        <message>
            <source>Also write the bands that are fine already</source>
            <translation>Écrire aussi les bandes déjà fines</translation>
        </message>
        <message>
            <source>Bands to sharpen</source>
            <translation>Bandes à affiner</translation>
        </message>
        <message>
            <source>Before the run, network and bicubic interpolation are compared on a few windows of this scene at reduced scale, where the truth is known. fall back: a band that the network makes clearly worse is interpolated instead, with a warning. warn: the network is used all the same. off: no comparison.</source>
            <translation>Avant le traitement, le réseau et l’interpolation bicubique sont comparés sur quelques fenêtres de cette scène à échelle réduite, où la vérité est connue. fall back : une bande que le réseau rend nettement moins bonne est interpolée à la place, avec un avertissement. warn : le réseau est utilisé malgré tout. off : pas de comparaison.</translation>
        </message>
        <message>
            <source>Continue an interrupted run</source>
            <translation>Reprendre un traitement interrompu</translation>
        </message>
        <message>
            <source>Copies the bands of the finest grid unchanged into the output, so that one file holds all bands. Without it the output has the sharpened bands only.</source>
            <translation>Copie telles quelles les bandes de la grille la plus fine dans le résultat, afin qu’un seul fichier contienne toutes les bandes. Sinon, le résultat ne contient que les bandes affinées.</translation>
        </message>
        <message>
            <source>Corrects each sharpened band so that, degraded by the sensor's point spread to its own grid, it returns the band of the product to within its noise. Point spread and noise are measured on a few windows of the scene; the log tells them.</source>
            <translation>Corrige chaque bande affinée pour que, dégradée par l’étalement du capteur jusqu’à sa propre grille, elle redonne la bande du produit à son bruit près. L’étalement et le bruit sont mesurés sur quelques fenêtres de la scène ; le journal les indique.</translation>
        </message>
        <message>
            <source>Device</source>
            <translation>Matériel</translation>
        </message>
        <message>
            <source>Extent (default: whole product)</source>
            <translation>Emprise (par défaut : tout le produit)</translation>
        </message>
        <message>
            <source>Groups of bands to sharpen, named by their ground sampling distance in the product.</source>
            <translation>Groupes de bandes à affiner, désignés par leur pas d’échantillonnage au sol dans le produit.</translation>
        </message>
        <message>
            <source>Installed: {}.</source>
            <translation>Installés : {}.</translation>
        </message>
        <message>
            <source>Keep the result consistent with the input</source>
            <translation>Garder le résultat cohérent avec les données</translation>
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
            <source>Part of the product to work on, in any coordinate reference system. It is snapped outward to the coarsest pixels; the result equals that part of a run on the whole product.</source>
            <translation>Partie du produit à traiter, dans n’importe quel système de coordonnées. Elle est étendue aux pixels les plus grossiers ; le résultat est identique à cette partie d’un traitement du produit entier.</translation>
        </message>
        <message>
            <source>Side of the tiles in pixels of the output: 0 (automatic) or at least 16. It changes speed and memory, never the result; choose a smaller one where the device runs out of memory.</source>
            <translation>Côté des tuiles en pixels du résultat : 0 (automatique) ou au moins 16. Il change la vitesse et la mémoire, jamais le résultat ; choisissez-le plus petit si la mémoire du matériel ne suffit pas.</translation>
        </message>
        <message>
            <source>Tile size (0 = automatic)</source>
            <translation>Taille des tuiles (0 = automatique)</translation>
        </message>
        <message>
            <source>Where an earlier run with the same input, model and parameters was killed, only what is missing is computed. Without it every run starts anew.</source>
            <translation>Si un traitement antérieur avec les mêmes données, modèle et paramètres a été interrompu brutalement, seul ce qui manque est calculé. Sinon, chaque traitement repart de zéro.</translation>
        </message>
        <message>
            <source>Where the network does not help</source>
            <translation>Là où le réseau n’apporte rien</translation>
        </message>
        <message>
            <source>Where the network runs. auto takes the device of the SatSharp options or else the fastest one there is; a device that is chosen here but cannot be used is an error, never a silent fallback.</source>
            <translation>Matériel sur lequel le réseau s’exécute. auto prend celui des options de SatSharp ou, à défaut, le plus rapide disponible ; un matériel choisi ici mais inutilisable est une erreur, jamais un remplacement silencieux.</translation>
        </message>
        <message>
            <source>none</source>
            <translation>aucun</translation>
        </message>
        <message>
            <source>{} (experimental: {})</source>
            <translation>{} (expérimental : {})</translation>
        </message>
    </context>
    <context>
        <name>PartialProducts</name>
        <message>
            <source>The panchromatic band is missing, as in every Level-2 product: it can be harmonized by interpolation, but not sharpened. For that, put the Level-1 product {} beside this one, then add it again.</source>
            <translation>La bande panchromatique manque, comme dans tout produit de niveau 2 : le produit peut être harmonisé par interpolation, mais pas affiné. Pour cela, placez le produit de niveau 1 {} à côté de celui-ci, puis ajoutez-le de nouveau.</translation>
        </message>
        <message>
            <source>of the same path, row and day</source>
            <translation>de la même trace, de la même ligne et du même jour</translation>
        </message>
    </context>
    <context>
        <name>PlotFile</name>
        <message>
            <source>This QGIS has no Qt SVG module, so no PNG can be drawn. Choose a name that ends in .svg.</source>
            <translation>Ce QGIS n’a pas le module Qt SVG : aucun PNG ne peut être dessiné. Choisissez un nom qui se termine par .svg.</translation>
        </message>
    </context>
    <context>
        <name>PreviewControls</name>
        <message>
            <source>Band shown in blue</source>
            <translation>Bande montrée en bleu</translation>
        </message>
        <message>
            <source>Band shown in green</source>
            <translation>Bande montrée en vert</translation>
        </message>
        <message>
            <source>Band shown in red</source>
            <translation>Bande montrée en rouge</translation>
        </message>
        <message>
            <source>Input</source>
            <translation>Entrée</translation>
        </message>
        <message>
            <source>Moves the line between input and result</source>
            <translation>Déplace la ligne entre entrée et résultat</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>Résultat</translation>
        </message>
        <message>
            <source>Shows both, with a line on the map that can be dragged</source>
            <translation>Montre les deux, avec sur la carte une ligne à déplacer</translation>
        </message>
        <message>
            <source>Shows the bands as the full run will make them</source>
            <translation>Montre les bandes telles que le traitement complet les fera</translation>
        </message>
        <message>
            <source>Shows the bands as they were measured</source>
            <translation>Montre les bandes telles que mesurées</translation>
        </message>
        <message>
            <source>Stretch the colours to this place</source>
            <translation>Étirer les couleurs pour ce lieu</translation>
        </message>
        <message>
            <source>Swipe</source>
            <translation>Glisser</translation>
        </message>
        <message>
            <source>Zoom to the preview</source>
            <translation>Zoomer sur l’aperçu</translation>
        </message>
    </context>
    <context>
        <name>PreviewRunner</name>
        <message>
            <source>Preview: {}</source>
            <translation>Aperçu : {}</translation>
        </message>
    </context>
    <context>
        <name>PreviewView</name>
        <message>
            <source>Choose an input first.</source>
            <translation>Choisissez d’abord une entrée.</translation>
        </message>
        <message>
            <source>Input</source>
            <translation>Entrée</translation>
        </message>
        <message>
            <source>Looking at this place…</source>
            <translation>Examen de ce lieu…</translation>
        </message>
        <message>
            <source>Preview</source>
            <translation>Aperçu</translation>
        </message>
        <message>
            <source>Progress of the preview</source>
            <translation>Avancement de l’aperçu</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>Résultat</translation>
        </message>
        <message>
            <source>Shows the result around the centre of the map, and again whenever the map moves</source>
            <translation>Montre le résultat autour du centre de la carte, et de nouveau quand elle bouge</translation>
        </message>
        <message>
            <source>The preview is a small square on this map: zoom to it.</source>
            <translation>L’aperçu est un petit carré sur cette carte : zoomez dessus.</translation>
        </message>
        <message>
            <source>The preview was stopped.</source>
            <translation>L’aperçu a été arrêté.</translation>
        </message>
        <message>
            <source>This has no preview.</source>
            <translation>Ceci n’a pas d’aperçu.</translation>
        </message>
        <message>
            <source>Tries the result where the map is, before you run it.</source>
            <translation>Essaie le résultat là où est la carte, avant de l’exécuter.</translation>
        </message>
        <message>
            <source>{} pixels, a first look; exact values follow…</source>
            <translation>{} pixels, un premier aperçu ; les valeurs exactes suivent…</translation>
        </message>
        <message>
            <source>{} pixels, with the values of the full run.</source>
            <translation>{} pixels, avec les valeurs du traitement complet.</translation>
        </message>
    </context>
    <context>
        <name>ProductLayers</name>
        <message>
            <source>All bands of {} on the {} grid, as reflectance.</source>
            <translation>Toutes les bandes de {} sur la grille de {}, en réflectance.</translation>
        </message>
        <message>
            <source>All bands of {} on the {} grid, in the digital numbers of the input.</source>
            <translation>Toutes les bandes de {} sur la grille de {}, dans les comptes numériques du produit.</translation>
        </message>
        <message>
            <source>Experimental ({}): {}</source>
            <translation>Expérimental ({}) : {}</translation>
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
            <source>{} as {}</source>
            <translation>{} en {}</translation>
        </message>
        <message>
            <source>{} {} bounds</source>
            <translation>{} {} bornes</translation>
        </message>
        <message>
            <source>{}, harmonized to Sentinel-2 on the {} grid: reflectance x 10000.</source>
            <translation>{}, harmonisé avec Sentinel-2 sur la grille de {} : réflectance x 10000.</translation>
        </message>
        <message>
            <source>{}, harmonized to Sentinel-2 on the {} grid: reflectance.</source>
            <translation>{}, harmonisé avec Sentinel-2 sur la grille de {} : réflectance.</translation>
        </message>
    </context>
    <context>
        <name>ProductParameters</name>
        <message>
            <source>All files</source>
            <translation>Tous les fichiers</translation>
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
            <source>Or a web address: an archive (.zip, .tar, .tar.gz) is fetched once and kept in the cache of the SatSharp options; GeoTIFFs, several separated by a semicolon, are read where they lie.</source>
            <translation>Ou une adresse web : une archive (.zip, .tar, .tar.gz) est téléchargée une seule fois et gardée dans le cache des options de SatSharp ; des GeoTIFF, plusieurs séparés par un point-virgule, sont lus là où ils se trouvent.</translation>
        </message>
        <message>
            <source>Products</source>
            <translation>Produits</translation>
        </message>
        <message>
            <source>The product: a raster whose band descriptions name the bands, or single-band files named by their bands, in a folder or separated by semicolons.</source>
            <translation>Le produit : un raster dont les descriptions de bandes nomment les bandes, ou des fichiers d’une bande nommés d’après leurs bandes, dans un dossier ou séparés par des points-virgules.</translation>
        </message>
        <message>
            <source>The product: its file (.h5 or .hdf) or the folder that holds it. A swath (VNP09) needs its geolocation file (VNP03IMG, or VNP03MOD): beside it, or separated from it by a semicolon. A tile (VNP09GA) needs no other file. VJ109 and VJ209 likewise.</source>
            <translation>Le produit : son fichier (.h5 ou .hdf) ou le dossier qui le contient. Une fauchée (VNP09) a besoin de son fichier de géolocalisation (VNP03IMG, ou VNP03MOD) : à côté d’elle, ou séparé d’elle par un point-virgule. Une tuile (VNP09GA) n’a besoin d’aucun autre fichier. De même pour VJ109 et VJ209.</translation>
        </message>
        <message>
            <source>The product: its file (.hdf) or the folder that holds it. MOD09GA needs MOD09GQ of the same tile and day, MOD09A1 needs MOD09Q1: beside it, or separated from it by a semicolon. A swath (MOD09) needs no other file. MYD09 likewise.</source>
            <translation>Le produit : son fichier (.hdf) ou le dossier qui le contient. MOD09GA a besoin de MOD09GQ de la même tuile et du même jour, MOD09A1 de MOD09Q1 : à côté de lui, ou séparé de lui par un point-virgule. Une fauchée (MOD09) n’a besoin d’aucun autre fichier. De même pour MYD09.</translation>
        </message>
        <message>
            <source>The product: its folder (such as ….SAFE, typed or pasted), its metadata file (MTD_….xml) inside that folder, the zip archive as it was downloaded (it is read without unpacking), or a raster whose band descriptions name the bands.</source>
            <translation>Le produit : son dossier (par exemple ….SAFE, saisi ou collé), son fichier de métadonnées (MTD_….xml) dans ce dossier, l’archive zip telle que téléchargée (elle est lue sans être décompressée), ou un raster dont les descriptions de bandes nomment les bandes.</translation>
        </message>
        <message>
            <source>The product: its folder, its metadata file (…_MTL.txt) inside that folder, the archive as it was downloaded (.tar or .tar.gz; it is read without unpacking), or rasters whose names or band descriptions name the bands. A Level-2 product needs the Level-1 product of the same scene for its panchromatic band: beside it, or separated from it by a semicolon.</source>
            <translation>Le produit : son dossier, son fichier de métadonnées (…_MTL.txt) dans ce dossier, l’archive telle que téléchargée (.tar ou .tar.gz ; elle est lue sans être décompressée), ou des rasters dont les noms ou les descriptions de bandes nomment les bandes. Un produit de niveau 2 a besoin du produit de niveau 1 de la même scène pour sa bande panchromatique : à côté de lui, ou séparé de lui par un point-virgule.</translation>
        </message>
        <message>
            <source>{} product</source>
            <translation>Produit {}</translation>
        </message>
    </context>
    <context>
        <name>QualityParameters</name>
        <message>
            <source>A page with tables, scatter plots and maps. It holds everything itself, pictures too.</source>
            <translation>Une page avec tables, nuages de points et cartes. Elle contient tout elle-même, images comprises.</translation>
        </message>
        <message>
            <source>A raster of the same place and, as nearly as can be, the same time that is taken for the truth, such as a Sentinel-2 image. It may have other pixels or another coordinate reference system.</source>
            <translation>Un raster du même lieu et, autant que possible, du même moment, pris pour la vérité, par exemple une image Sentinel-2. Il peut avoir d’autres pixels ou un autre système de coordonnées.</translation>
        </message>
        <message>
            <source>All figures with their definitions, for scripts and comparisons.</source>
            <translation>Tous les chiffres avec leurs définitions, pour des programmes et des comparaisons.</translation>
        </message>
        <message>
            <source>Bands of the raster = bands of the reference</source>
            <translation>Bandes du raster = bandes de la référence</translation>
        </message>
        <message>
            <source>Bands of the raster before = bands of the reference</source>
            <translation>Bandes du raster d’avant = bandes de la référence</translation>
        </message>
        <message>
            <source>Cloud mask of the raster</source>
            <translation>Masque de nuages du raster</translation>
        </message>
        <message>
            <source>Cloud mask of the reference</source>
            <translation>Masque de nuages de la référence</translation>
        </message>
        <message>
            <source>Figures for programs</source>
            <translation>Chiffres pour programmes</translation>
        </message>
        <message>
            <source>For example Landsat that was harmonized, or super-resolved bands. Its values are brought to reflectance by the scale and offset of the file, else by the convention of its sensor.</source>
            <translation>Par exemple un Landsat harmonisé, ou des bandes en super-résolution. Ses valeurs sont ramenées à la réflectance par l’échelle et le décalage du fichier, sinon par la convention de son capteur.</translation>
        </message>
        <message>
            <source>Kind of the cloud mask</source>
            <translation>Type du masque de nuages</translation>
        </message>
        <message>
            <source>Kind of the reference's cloud mask</source>
            <translation>Type du masque de nuages de la référence</translation>
        </message>
        <message>
            <source>One row for each band and index of each raster.</source>
            <translation>Une ligne par bande et indice de chaque raster.</translation>
        </message>
        <message>
            <source>Pairs such as B5=B8A; B4=B04: a band of this raster and the band of the reference that it is compared with, by names or numbers. Empty: bands of the same sensor by name, others by their wavelengths, such as Landsat B2 to B7 with Sentinel-2 B02, B03, B04, B8A, B11 and B12.</source>
            <translation>Paires telles que B5=B8A; B4=B04 : une bande de ce raster et la bande de la référence à laquelle elle est comparée, par noms ou numéros. Vide : les bandes d’un même capteur par nom, les autres par longueur d’onde, par exemple Landsat B2 à B7 avec Sentinel-2 B02, B03, B04, B8A, B11 et B12.</translation>
        </message>
        <message>
            <source>Pixels on which to compare</source>
            <translation>Pixels de la comparaison</translation>
        </message>
        <message>
            <source>Raster before the treatment</source>
            <translation>Raster avant le traitement</translation>
        </message>
        <message>
            <source>Raster to assess</source>
            <translation>Raster à évaluer</translation>
        </message>
        <message>
            <source>Reference</source>
            <translation>Référence</translation>
        </message>
        <message>
            <source>Report</source>
            <translation>Rapport</translation>
        </message>
        <message>
            <source>Table</source>
            <translation>Table</translation>
        </message>
        <message>
            <source>The raster as it was before it was treated, such as Landsat before its harmonization. It is compared with the reference on the same pixels, and the report shows both side by side.</source>
            <translation>Le raster tel qu’il était avant d’être traité, par exemple Landsat avant son harmonisation. Il est comparé à la référence sur les mêmes pixels, et le rapport montre les deux côte à côte.</translation>
        </message>
        <message>
            <source>coarser: those of the raster or the reference, whichever are larger; the other one is averaged by area. reference, input: those of that raster; a coarser one is interpolated by cubic convolution. coarsest: the largest of all, the raster from before included.</source>
            <translation>coarser : ceux du raster ou de la référence, les plus grands des deux ; l’autre est moyenné par surface. reference, input : ceux de ce raster ; un raster plus grossier est interpolé par convolution cubique. coarsest : les plus grands de tous, raster d’avant compris.</translation>
        </message>
    </context>
    <context>
        <name>QualityReport</name>
        <message>
            <source>Band</source>
            <translation>Bande</translation>
        </message>
        <message>
            <source>Bands</source>
            <translation>Bandes</translation>
        </message>
        <message>
            <source>Correlation of {}</source>
            <translation>Corrélation de {}</translation>
        </message>
        <message>
            <source>Figure</source>
            <translation>Chiffre</translation>
        </message>
        <message>
            <source>How it was done</source>
            <translation>Comment cela a été fait</translation>
        </message>
        <message>
            <source>Index</source>
            <translation>Indice</translation>
        </message>
        <message>
            <source>Indices</source>
            <translation>Indices</translation>
        </message>
        <message>
            <source>Maps</source>
            <translation>Cartes</translation>
        </message>
        <message>
            <source>Masked by {}: {}</source>
            <translation>Masqué par {} : {}</translation>
        </message>
        <message>
            <source>NRMSE, all bands</source>
            <translation>NRMSE, toutes les bandes</translation>
        </message>
        <message>
            <source>PSNR, all bands (dB)</source>
            <translation>PSNR, toutes les bandes (dB)</translation>
        </message>
        <message>
            <source>RMSE, all bands</source>
            <translation>RMSE, toutes les bandes</translation>
        </message>
        <message>
            <source>SSIM, mean of bands</source>
            <translation>SSIM, moyenne des bandes</translation>
        </message>
        <message>
            <source>Scatter plots</source>
            <translation>Nuages de points</translation>
        </message>
        <message>
            <source>Spectral angle (degrees)</source>
            <translation>Angle spectral (degrés)</translation>
        </message>
        <message>
            <source>The plots show pairs of values, the brighter the more of them; dashed is equality, red the line of least squares. Every figure is of the pixels that are valid in all bands of all rasters and clear.</source>
            <translation>Les graphiques montrent des paires de valeurs, d’autant plus claires qu’elles sont nombreuses ; en tirets l’égalité, en rouge la droite des moindres carrés. Chaque chiffre porte sur les pixels valides dans toutes les bandes de tous les rasters, et clairs.</translation>
        </message>
        <message>
            <source>after</source>
            <translation>après</translation>
        </message>
        <message>
            <source>after: {}</source>
            <translation>après : {}</translation>
        </message>
        <message>
            <source>before</source>
            <translation>avant</translation>
        </message>
        <message>
            <source>before: {}</source>
            <translation>avant : {}</translation>
        </message>
        <message>
            <source>change</source>
            <translation>changement</translation>
        </message>
        <message>
            <source>difference of NDVI, -{} (blue) to {} (red)</source>
            <translation>différence de NDVI, -{} (bleu) à {} (rouge)</translation>
        </message>
        <message>
            <source>first band</source>
            <translation>première bande</translation>
        </message>
        <message>
            <source>natural colours</source>
            <translation>couleurs naturelles</translation>
        </message>
        <message>
            <source>root mean square difference of the bands, 0 (dark) to {} (bright)</source>
            <translation>différence quadratique moyenne des bandes, 0 (sombre) à {} (clair)</translation>
        </message>
        <message>
            <source>{} common clear pixels of {} m, {} % of the common extent.</source>
            <translation>{} pixels clairs communs de {} m, {} % de l’emprise commune.</translation>
        </message>
        <message>
            <source>{} compared with {}</source>
            <translation>{} comparé à {}</translation>
        </message>
    </context>
    <context>
        <name>QualityWords</name>
        <message>
            <source>On this scene {} to {} % of bicubic’s error</source>
            <translation>Sur cette scène, {} à {} % de l’erreur de la bicubique</translation>
        </message>
        <message>
            <source>consistent with the input</source>
            <translation>cohérent avec l’entrée</translation>
        </message>
        <message>
            <source>interpolated, since the model did not help: {}</source>
            <translation>interpolées, le modèle n’apportant rien : {}</translation>
        </message>
        <message>
            <source>warnings: {}</source>
            <translation>avertissements : {}</translation>
        </message>
    </context>
    <context>
        <name>RasterParameters</name>
        <message>
            <source>Any raster layer. Its bands are matched to those of the model by name (band descriptions such as B5, SR_B5 or red), else by their colours, else by their order where there are as many as the model takes; the log tells which is which. A layer that is no file, such as WMS, is exported for the extent first.</source>
            <translation>N’importe quelle couche raster. Ses bandes sont associées à celles du modèle par leur nom (descriptions de bandes telles que B5, SR_B5 ou red), sinon par leurs couleurs, sinon dans l’ordre s’il y en a autant que le modèle en prend ; le journal indique l’association. Une couche qui n’est pas un fichier, comme WMS, est d’abord exportée pour l’emprise.</translation>
        </message>
        <message>
            <source>Extent (default: whole raster)</source>
            <translation>Emprise (par défaut : tout le raster)</translation>
        </message>
        <message>
            <source>Finer bands of the same place and time that carry the detail, such as the panchromatic band or the 10 m bands. Its pixels must be a whole number of times as fine as the input's, as the model asks, and share their corners or lie half a pixel off them, as Landsat's do. Models that enlarge one raster alone need none.</source>
            <translation>Bandes plus fines du même lieu et du même moment qui portent le détail, telles que la bande panchromatique ou les bandes à 10 m. Leurs pixels doivent être un nombre entier de fois plus fins que ceux de l’entrée, comme le modèle le demande, et partager leurs coins ou en être décalés d’un demi-pixel, comme ceux de Landsat. Les modèles qui agrandissent un seul raster n’en ont pas besoin.</translation>
        </message>
        <message>
            <source>Finer raster as a guide</source>
            <translation>Raster plus fin servant de guide</translation>
        </message>
        <message>
            <source>Part of the raster to work on, in any coordinate reference system. It is snapped outward to the coarsest pixels; the result equals that part of a run on the whole raster. Layers that are no files, such as WMS, need it.</source>
            <translation>Partie du raster à traiter, dans n’importe quel système de coordonnées. Elle est étendue aux pixels les plus grossiers ; le résultat est identique à cette partie d’un traitement du raster entier. Les couches qui ne sont pas des fichiers, comme WMS, l’exigent.</translation>
        </message>
        <message>
            <source>Raster to sharpen</source>
            <translation>Raster à affiner</translation>
        </message>
    </context>
    <context>
        <name>RemoveModel</name>
        <message>
            <source>Files that were removed</source>
            <translation>Fichiers supprimés</translation>
        </message>
        <message>
            <source>Id of a model in your own model folder: {}. Bundled models cannot be removed.</source>
            <translation>Identifiant d’un modèle de votre propre dossier de modèles : {}. Les modèles fournis ne peuvent pas être supprimés.</translation>
        </message>
        <message>
            <source>Model to remove</source>
            <translation>Modèle à supprimer</translation>
        </message>
        <message>
            <source>No model is installed in {}, so there is none to remove.</source>
            <translation>Aucun modèle n’est installé dans {} : il n’y a rien à supprimer.</translation>
        </message>
        <message>
            <source>Remove model</source>
            <translation>Supprimer un modèle</translation>
        </message>
        <message>
            <source>Removed from {}: {}</source>
            <translation>Supprimé de {} : {}</translation>
        </message>
        <message>
            <source>Removes a model that was installed from the folder of your own models.</source>
            <translation>Supprime un modèle installé du dossier de vos propres modèles.</translation>
        </message>
        <message>
            <source>model,onnx,uninstall,delete</source>
            <translation>modèle,onnx,désinstaller,supprimer</translation>
        </message>
    </context>
    <context>
        <name>ReportWords</name>
        <message>
            <source>Algorithm</source>
            <translation>Algorithme</translation>
        </message>
        <message>
            <source>Band</source>
            <translation>Bande</translation>
        </message>
        <message>
            <source>Computed by</source>
            <translation>Calculé par</translation>
        </message>
        <message>
            <source>Error / bicubic’s</source>
            <translation>Erreur / bicubique</translation>
        </message>
        <message>
            <source>Errors were measured on windows of this scene at reduced scale; below 1 the model helps. Off the input, in digital numbers: the result degraded to the input’s pixels, before it is made consistent.</source>
            <translation>Les erreurs ont été mesurées sur des fenêtres de cette scène à échelle réduite ; au-dessous de 1, le modèle aide. Écart à l’entrée, en comptes numériques : le résultat dégradé aux pixels de l’entrée, avant qu’il soit rendu cohérent.</translation>
        </message>
        <message>
            <source>Experimental</source>
            <translation>Expérimental</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>Fichiers</translation>
        </message>
        <message>
            <source>Input</source>
            <translation>Entrée</translation>
        </message>
        <message>
            <source>Interval</source>
            <translation>Intervalle</translation>
        </message>
        <message>
            <source>Its noise</source>
            <translation>Son bruit</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modèle</translation>
        </message>
        <message>
            <source>Off the input</source>
            <translation>Écart à l’entrée</translation>
        </message>
        <message>
            <source>Parameters</source>
            <translation>Paramètres</translation>
        </message>
        <message>
            <source>Quality on this scene</source>
            <translation>Qualité sur cette scène</translation>
        </message>
        <message>
            <source>Results</source>
            <translation>Résultats</translation>
        </message>
        <message>
            <source>Seconds</source>
            <translation>Secondes</translation>
        </message>
        <message>
            <source>The result is consistent with the input.</source>
            <translation>Le résultat est cohérent avec l’entrée.</translation>
        </message>
        <message>
            <source>Warnings</source>
            <translation>Avertissements</translation>
        </message>
        <message>
            <source>What was run</source>
            <translation>Ce qui a été traité</translation>
        </message>
        <message>
            <source>Where</source>
            <translation>Où</translation>
        </message>
        <message>
            <source>interpolated: the model did not help</source>
            <translation>interpolée : le modèle n’aidait pas</translation>
        </message>
        <message>
            <source>made for {} % of the pixels</source>
            <translation>fait pour {} % des pixels</translation>
        </message>
        <message>
            <source>the whole input</source>
            <translation>toute l’entrée</translation>
        </message>
        <message>
            <source>{}; held {} % on places that calibration did not see</source>
            <translation>{} ; a contenu {} % sur des lieux que l’étalonnage n’avait pas vus</translation>
        </message>
    </context>
    <context>
        <name>RunLog</name>
        <message>
            <source>Copies report and log to the clipboard.</source>
            <translation>Copie le rapport et le journal dans le presse-papiers.</translation>
        </message>
        <message>
            <source>Copies the command of qgis_process that repeats this run.</source>
            <translation>Copie la commande de qgis_process qui refait ce traitement.</translation>
        </message>
        <message>
            <source>Copy command</source>
            <translation>Copier la commande</translation>
        </message>
        <message>
            <source>Copy text</source>
            <translation>Copier le texte</translation>
        </message>
        <message>
            <source>Error:</source>
            <translation>Erreur :</translation>
        </message>
        <message>
            <source>Log</source>
            <translation>Journal</translation>
        </message>
        <message>
            <source>Report and log</source>
            <translation>Rapport et journal</translation>
        </message>
        <message>
            <source>Warning:</source>
            <translation>Avertissement :</translation>
        </message>
    </context>
    <context>
        <name>RunQueue</name>
        <message>
            <source>The algorithm {} is not there any more.</source>
            <translation>L’algorithme {} n’est plus là.</translation>
        </message>
    </context>
    <context>
        <name>RunReport</name>
        <message>
            <source>Models: {}</source>
            <translation>Modèles : {}</translation>
        </message>
        <message>
            <source>Offset of the digital numbers: {}</source>
            <translation>Décalage des comptes numériques : {}</translation>
        </message>
        <message>
            <source>On the map: {} x {} pixels, {}</source>
            <translation>Sur la carte : {} x {} pixels, {}</translation>
        </message>
        <message>
            <source>Output: {} bands, {} x {} pixels of {} m</source>
            <translation>Résultat : {} bandes, {} x {} pixels de {} m</translation>
        </message>
        <message>
            <source>Product: {}, level {}</source>
            <translation>Produit : {}, niveau {}</translation>
        </message>
        <message>
            <source>TARGET_CRS is for swaths only: {} lies on a grid of its own, which is kept.</source>
            <translation>TARGET_CRS ne sert qu’aux fauchées : {} a sa propre grille, qui est gardée.</translation>
        </message>
        <message>
            <source>The model {} is experimental: {}</source>
            <translation>Le modèle {} est expérimental : {}</translation>
        </message>
        <message>
            <source>Tiles of {} pixels, device {}</source>
            <translation>Tuiles de {} pixels, matériel {}</translation>
        </message>
        <message>
            <source>unknown</source>
            <translation>inconnu</translation>
        </message>
    </context>
    <context>
        <name>RunRow</name>
        <message>
            <source>Cancel; nothing is left behind</source>
            <translation>Annuler ; rien ne reste</translation>
        </message>
        <message>
            <source>Details: report with quality and files, and the log</source>
            <translation>Détails : rapport avec la qualité et les fichiers, et le journal</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>Continuer</translation>
        </message>
        <message>
            <source>Pause before the next tile</source>
            <translation>Pause avant la prochaine tuile</translation>
        </message>
        <message>
            <source>Progress</source>
            <translation>Avancement</translation>
        </message>
        <message>
            <source>Show the result on the map</source>
            <translation>Montrer le résultat sur la carte</translation>
        </message>
        <message>
            <source>Stop and keep what is finished, to go on later: whole strips of {} lines. Before the first of them is finished there is nothing to keep.</source>
            <translation>Arrêter et garder ce qui est fini, pour continuer plus tard : des bandes entières de {} lignes. Avant que la première soit finie, il n’y a rien à garder.</translation>
        </message>
        <message>
            <source>Take off the list; results stay, what is unfinished is deleted</source>
            <translation>Retirer de la liste ; les résultats restent, l’inachevé est supprimé</translation>
        </message>
    </context>
    <context>
        <name>RunView</name>
        <message>
            <source>Computes only what is missing.</source>
            <translation>Ne calcule que ce qui manque.</translation>
        </message>
        <message>
            <source>Deletes the unfinished files.</source>
            <translation>Supprime les fichiers inachevés.</translation>
        </message>
        <message>
            <source>Discard</source>
            <translation>Abandonner</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>Continuer</translation>
        </message>
        <message>
            <source>Not finished, begun {}</source>
            <translation>Inachevé, commencé {}</translation>
        </message>
    </context>
    <context>
        <name>RunWords</name>
        <message>
            <source>Cancelled; nothing was written</source>
            <translation>Annulé ; rien n’a été écrit</translation>
        </message>
        <message>
            <source>Done in {}</source>
            <translation>Terminé en {}</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>Échec</translation>
        </message>
        <message>
            <source>Looking at the scene…</source>
            <translation>Examen de la scène…</translation>
        </message>
        <message>
            <source>Paused at {} %: memory and what is done are kept</source>
            <translation>En pause à {} % : la mémoire et ce qui est fait sont gardés</translation>
        </message>
        <message>
            <source>Running</source>
            <translation>Exécution</translation>
        </message>
        <message>
            <source>Stopped before the first strip was finished, so there was nothing to keep</source>
            <translation>Arrêté avant la fin de la première bande de lignes : il n’y avait rien à garder</translation>
        </message>
        <message>
            <source>Stopped; what is finished is kept</source>
            <translation>Arrêté ; ce qui est terminé est gardé</translation>
        </message>
        <message>
            <source>Waiting</source>
            <translation>En attente</translation>
        </message>
        <message>
            <source>{} left</source>
            <translation>encore {}</translation>
        </message>
    </context>
    <context>
        <name>SatSharpAlgorithm</name>
        <message>
            <source>Cancelled; nothing was written.</source>
            <translation>Annulé ; rien n’a été écrit.</translation>
        </message>
        <message>
            <source>Stopped; the same run goes on from what is finished.</source>
            <translation>Arrêté ; le même traitement reprendra à partir de ce qui est terminé.</translation>
        </message>
        <message>
            <source>{} cannot be {}. Choose one of: {}.</source>
            <translation>{} ne peut pas être {}. Choisissez parmi : {}.</translation>
        </message>
        <message>
            <source>{} cannot be {}; choose 0 (automatic) or at least {}.</source>
            <translation>{} ne peut pas être {} ; choisissez 0 (automatique) ou au moins {}.</translation>
        </message>
        <message>
            <source>{} is a GeoTIFF: its name must end in .tif, not in {}.</source>
            <translation>{} est un GeoTIFF : son nom doit se terminer par .tif, non par {}.</translation>
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
            <source> GB</source>
            <translation> Go</translation>
        </message>
        <message>
            <source> MB</source>
            <translation> Mo</translation>
        </message>
        <message>
            <source> pixels</source>
            <translation> pixels</translation>
        </message>
        <message>
            <source>Address of a further list of models that can be installed</source>
            <translation>Adresse d’une autre liste de modèles à installer</translation>
        </message>
        <message>
            <source>Address of the package index that ONNX Runtime is fetched from</source>
            <translation>Adresse de l’index de paquets d’où vient ONNX Runtime</translation>
        </message>
        <message>
            <source>Default folder</source>
            <translation>Dossier par défaut</translation>
        </message>
        <message>
            <source>Default format</source>
            <translation>Format par défaut</translation>
        </message>
        <message>
            <source>Delete products from the web ({} GB)</source>
            <translation>Supprimer les produits venus du web ({} Go)</translation>
        </message>
        <message>
            <source>Deletes copies; they are fetched again when they are needed</source>
            <translation>Supprime des copies ; elles seront téléchargées de nouveau au besoin</translation>
        </message>
        <message>
            <source>Device for “auto”</source>
            <translation>Matériel pour « auto »</translation>
        </message>
        <message>
            <source>Disk space</source>
            <translation>Espace disque</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>Dossier</translation>
        </message>
        <message>
            <source>Folder of your own models</source>
            <translation>Dossier de vos propres modèles</translation>
        </message>
        <message>
            <source>Folder of your own sensor files</source>
            <translation>Dossier de vos propres fichiers de capteur</translation>
        </message>
        <message>
            <source>Format of results where none is chosen</source>
            <translation>Format des résultats si aucun n’est choisi</translation>
        </message>
        <message>
            <source>Further catalogue of models</source>
            <translation>Autre catalogue de modèles</translation>
        </message>
        <message>
            <source>Memory for a run</source>
            <translation>Mémoire pour un traitement</translation>
        </message>
        <message>
            <source>Memory that a run may use: tiles are made smaller for it</source>
            <translation>Mémoire qu’un traitement peut utiliser : les tuiles sont rapetissées pour cela</translation>
        </message>
        <message>
            <source>Models and sensors</source>
            <translation>Modèles et capteurs</translation>
        </message>
        <message>
            <source>ONNX Runtime</source>
            <translation>ONNX Runtime</translation>
        </message>
        <message>
            <source>Only the catalogue that comes with SatSharp</source>
            <translation>Seulement le catalogue fourni avec SatSharp</translation>
        </message>
        <message>
            <source>Package index</source>
            <translation>Index de paquets</translation>
        </message>
        <message>
            <source>Precision of networks</source>
            <translation>Précision des réseaux</translation>
        </message>
        <message>
            <source>Products from the web</source>
            <translation>Produits venus du web</translation>
        </message>
        <message>
            <source>Results</source>
            <translation>Résultats</translation>
        </message>
        <message>
            <source>Running</source>
            <translation>Exécution</translation>
        </message>
        <message>
            <source>Side of the tiles in pixels of the result; it never changes the result</source>
            <translation>Côté des tuiles en pixels du résultat ; il ne change jamais le résultat</translation>
        </message>
        <message>
            <source>Temporary files</source>
            <translation>Fichiers temporaires</translation>
        </message>
        <message>
            <source>The one that pip uses</source>
            <translation>Celui que pip utilise</translation>
        </message>
        <message>
            <source>Tile size</source>
            <translation>Taille des tuiles</translation>
        </message>
        <message>
            <source>Where networks run; auto takes the fastest device there is</source>
            <translation>Où tournent les réseaux ; auto prend le matériel le plus rapide</translation>
        </message>
        <message>
            <source>Where the panel saves results that you give no name</source>
            <translation>Où le panneau enregistre les résultats que vous ne nommez pas</translation>
        </message>
        <message>
            <source>Which variant of a model “auto” takes. Half precision (fp16) and 8-bit integers (int8) are smaller, and faster where the device has them; their cards tell what they lose</source>
            <translation>La variante d’un modèle que prend « auto ». La demi-précision (fp16) et les entiers de 8 bits (int8) sont plus petits, et plus rapides là où le dispositif les connaît ; leurs fiches disent ce qu’ils perdent</translation>
        </message>
        <message>
            <source>automatic</source>
            <translation>automatique</translation>
        </message>
    </context>
    <context>
        <name>SatSharpPanel</name>
        <message>
            <source>Done</source>
            <translation>Terminé</translation>
        </message>
        <message>
            <source>SatSharp</source>
            <translation>SatSharp</translation>
        </message>
    </context>
    <context>
        <name>SatSharpPlugin</name>
        <message>
            <source>Another Processing provider already has the id satsharp. Disable the other one.</source>
            <translation>Un autre fournisseur de traitements porte déjà l’identifiant satsharp. Désactivez l’autre.</translation>
        </message>
        <message>
            <source>SatSharp</source>
            <translation>SatSharp</translation>
        </message>
        <message>
            <source>SatSharp panel</source>
            <translation>Panneau SatSharp</translation>
        </message>
        <message>
            <source>Shows the SatSharp panel: from a product to a sharper one.</source>
            <translation>Affiche le panneau SatSharp : d’un produit à un produit plus net.</translation>
        </message>
        <message>
            <source>Super-resolve Sentinel-2 product…</source>
            <translation>Super-résolution d’un produit Sentinel-2…</translation>
        </message>
    </context>
    <context>
        <name>SatSharpProvider</name>
        <message>
            <source>SatSharp (super-resolution and harmonization of satellite images)</source>
            <translation>SatSharp (super-résolution et harmonisation d’images satellite)</translation>
        </message>
    </context>
    <context>
        <name>SeriesCheck</name>
        <message>
            <source>Nothing is chosen. Choose rasters, a folder of rasters, or a table that names them.</source>
            <translation>Rien n’est choisi. Choisissez des rasters, un dossier de rasters, ou une table qui les nomme.</translation>
        </message>
        <message>
            <source>{} is no raster that can be opened. Check the path.</source>
            <translation>{} n’est pas un raster qui puisse être ouvert. Vérifiez le chemin.</translation>
        </message>
    </context>
    <context>
        <name>SeriesOffers</name>
        <message>
            <source>Combine the {} dates</source>
            <translation>Combiner les {} dates</translation>
        </message>
        <message>
            <source>Combine the {} dates: {}</source>
            <translation>Combiner les {} dates : {}</translation>
        </message>
        <message>
            <source>Index at a point, {} dates</source>
            <translation>Indice en un point, {} dates</translation>
        </message>
        <message>
            <source>No installed model of several dates fits: {}</source>
            <translation>Aucun modèle installé à plusieurs dates ne convient : {}</translation>
        </message>
        <message>
            <source>No model that takes several dates is installed.</source>
            <translation>Aucun modèle qui prend plusieurs dates n’est installé.</translation>
        </message>
        <message>
            <source>The list of models (the button with the gears) tells how to get one, such as {}.</source>
            <translation>La liste des modèles (le bouton aux engrenages) dit comment en obtenir un, tel que {}.</translation>
        </message>
        <message>
            <source>Time series of {} dates</source>
            <translation>Série temporelle de {} dates</translation>
        </message>
    </context>
    <context>
        <name>SeriesParameters</name>
        <message>
            <source>A CSV file with the column file and, as far as needed, date (2021-06-30 or 2021-06-30T10:15:00), sensor and mask, with files named relative to its folder. Without other rasters, those that it names are taken.</source>
            <translation>Un fichier CSV avec la colonne file et, au besoin, date (2021-06-30 ou 2021-06-30T10:15:00), sensor et mask, les fichiers étant nommés par rapport à son dossier. Sans autres rasters, ceux qu’il nomme sont pris.</translation>
        </message>
        <message>
            <source>All rasters in this folder, besides those that are chosen one by one.</source>
            <translation>Tous les rasters de ce dossier, en plus de ceux choisis un à un.</translation>
        </message>
        <message>
            <source>Cloud masks</source>
            <translation>Masques de nuages</translation>
        </message>
        <message>
            <source>Folder of rasters</source>
            <translation>Dossier de rasters</translation>
        </message>
        <message>
            <source>Kind of the cloud masks</source>
            <translation>Type des masques de nuages</translation>
        </message>
        <message>
            <source>One raster for each date, of one sensor or of several: Landsat that was harmonized, Sentinel-2, any GeoTIFF. When each was taken is told by the table, by the tags that SatSharp and other programs write, or by its name, such as S2_20210630.tif.</source>
            <translation>Un raster par date, d’un ou de plusieurs capteurs : Landsat harmonisé, Sentinel-2, un GeoTIFF quelconque. Sa date vient de la table, des étiquettes que SatSharp et d’autres programmes écrivent, ou de son nom, par exemple S2_20210630.tif.</translation>
        </message>
        <message>
            <source>Rasters of several dates</source>
            <translation>Rasters de plusieurs dates</translation>
        </message>
        <message>
            <source>Table of dates</source>
            <translation>Table des dates</translation>
        </message>
        <message>
            <source>find: hide clouds by the mask that the table names, by a band QA_PIXEL, SCL or Fmask of the raster itself, or by a file beside it of the same day, place and satellite whose name says so or whose band is called classes, as that of harmonize_landsat. none: hide nothing.</source>
            <translation>find : cacher les nuages par le masque que nomme la table, par une bande QA_PIXEL, SCL ou Fmask du raster lui-même, ou par un fichier à côté, du même jour, du même lieu et du même satellite, dont le nom le dit ou dont la bande s’appelle classes, comme celui de harmonize_landsat. none : ne rien cacher.</translation>
        </message>
    </context>
    <context>
        <name>SeriesReport</name>
        <message>
            <source>; cloud mask: {} ({})</source>
            <translation> ; masque de nuages : {} ({})</translation>
        </message>
        <message>
            <source>{}: {}, dated by its {}</source>
            <translation>{} : {}, daté par son {}</translation>
        </message>
    </context>
    <context>
        <name>SetupView</name>
        <message>
            <source>&lt;b&gt;ONNX Runtime is missing.&lt;/b&gt; It runs the networks.</source>
            <translation>&lt;b&gt;ONNX Runtime manque.&lt;/b&gt; C’est lui qui exécute les réseaux.</translation>
        </message>
        <message>
            <source>&lt;b&gt;ONNX Runtime {}&lt;/b&gt; with the execution providers {}.</source>
            <translation>&lt;b&gt;ONNX Runtime {}&lt;/b&gt; avec les fournisseurs d’exécution {}.</translation>
        </message>
        <message>
            <source>Asking the package index</source>
            <translation>Interrogation de l’index de paquets</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Annuler</translation>
        </message>
        <message>
            <source>Cancel the installation</source>
            <translation>Annuler l’installation</translation>
        </message>
        <message>
            <source>Fetches one file, checks it and unpacks it into your QGIS profile</source>
            <translation>Télécharge un fichier, le vérifie et le décompresse dans votre profil QGIS</translation>
        </message>
        <message>
            <source>Install</source>
            <translation>Installer</translation>
        </message>
        <message>
            <source>Install again</source>
            <translation>Réinstaller</translation>
        </message>
        <message>
            <source>Install from a file ({})…</source>
            <translation>Installer depuis un fichier ({})…</translation>
        </message>
        <message>
            <source>Install the GPU build</source>
            <translation>Installer la version GPU</translation>
        </message>
        <message>
            <source>Installing ONNX Runtime</source>
            <translation>Installation d’ONNX Runtime</translation>
        </message>
        <message>
            <source>Installing ONNX Runtime…</source>
            <translation>Installation d’ONNX Runtime…</translation>
        </message>
        <message>
            <source>Loading ONNX Runtime</source>
            <translation>Chargement d’ONNX Runtime</translation>
        </message>
        <message>
            <source>ONNX Runtime is installed.</source>
            <translation>ONNX Runtime est installé.</translation>
        </message>
        <message>
            <source>Other ways</source>
            <translation>Autres moyens</translation>
        </message>
        <message>
            <source>Other ways to install ONNX Runtime</source>
            <translation>Autres moyens d’installer ONNX Runtime</translation>
        </message>
        <message>
            <source>Progress of the installation</source>
            <translation>Avancement de l’installation</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Supprimer</translation>
        </message>
        <message>
            <source>Removed. What is loaded stays in use until QGIS is restarted.</source>
            <translation>Supprimé. Ce qui est chargé reste utilisé jusqu’au redémarrage de QGIS.</translation>
        </message>
        <message>
            <source>Removing ONNX Runtime</source>
            <translation>Suppression d’ONNX Runtime</translation>
        </message>
        <message>
            <source>Wheel of ONNX Runtime ending in {}</source>
            <translation>Roue (wheel) d’ONNX Runtime se terminant par {}</translation>
        </message>
        <message>
            <source>Wheels</source>
            <translation>Roues (wheels)</translation>
        </message>
        <message>
            <source>unknown size</source>
            <translation>taille inconnue</translation>
        </message>
        <message>
            <source>{} MB</source>
            <translation>{} Mo</translation>
        </message>
        <message>
            <source>{}, {} from {}; it goes into your QGIS profile and changes nothing else.</source>
            <translation>{}, {} depuis {} ; cela va dans votre profil QGIS et ne change rien d’autre.</translation>
        </message>
    </context>
    <context>
        <name>StackTimeseries</name>
        <message>
            <source>At 0 only dates without any valid pixel are left out. netCDF and Zarr hold all dates.</source>
            <translation>À 0, seules les dates sans aucun pixel valide sont laissées de côté. netCDF et Zarr contiennent toutes les dates.</translation>
        </message>
        <message>
            <source>Bands (default: all that are shared)</source>
            <translation>Bandes (par défaut : toutes celles en commun)</translation>
        </message>
        <message>
            <source>COG: a Cloud Optimized GeoTIFF for each date, and series.vrt, which joins all of them. netCDF, Zarr: one file with axes of time, y and x (CF conventions), for other programs.</source>
            <translation>COG : un GeoTIFF optimisé pour le web par date, et series.vrt, qui les joint tous. netCDF, Zarr : un fichier avec les axes temps, y et x (conventions CF), pour d’autres programmes.</translation>
        </message>
        <message>
            <source>Extent of the series</source>
            <translation>Emprise de la série</translation>
        </message>
        <message>
            <source>File with all dates</source>
            <translation>Fichier avec toutes les dates</translation>
        </message>
        <message>
            <source>Files appear in it only when all of them are complete; those of the same names are replaced.</source>
            <translation>Les fichiers n’y apparaissent que quand tous sont complets ; ceux de même nom sont remplacés.</translation>
        </message>
        <message>
            <source>First date</source>
            <translation>Première date</translation>
        </message>
        <message>
            <source>Folder of the series</source>
            <translation>Dossier de la série</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>Format</translation>
        </message>
        <message>
            <source>Last date</source>
            <translation>Dernière date</translation>
        </message>
        <message>
            <source>Leave out dates with no more valid pixels than (percent)</source>
            <translation>Laisser de côté les dates n’ayant pas plus de pixels valides que (pour cent)</translation>
        </message>
        <message>
            <source>Load the dates as layers with their time</source>
            <translation>Charger les dates comme couches avec leur temps</translation>
        </message>
        <message>
            <source>Loads a layer for each date into a group, stretched alike, so that the temporal controller plays them: each is shown from its own date to the next. Only with the format COG.</source>
            <translation>Charge une couche par date dans un groupe, étirées de la même façon, pour que le contrôleur temporel les joue : chacune est montrée de sa date à la suivante. Seulement avec le format COG.</translation>
        </message>
        <message>
            <source>Names separated by commas, such as B04, B8A. They are those of Sentinel-2 where one of the rasters has such; the bands of Landsat are told by their wavelengths.</source>
            <translation>Noms séparés par des virgules, par exemple B04, B8A. Ce sont ceux de Sentinel-2 si l’un des rasters en a ; les bandes de Landsat sont reconnues par leur longueur d’onde.</translation>
        </message>
        <message>
            <source>Number of dates</source>
            <translation>Nombre de dates</translation>
        </message>
        <message>
            <source>Puts rasters of many dates on one grid, with dates, sensors and cloud masks.</source>
            <translation>Met des rasters de nombreuses dates sur une grille, avec dates, capteurs et masques de nuages.</translation>
        </message>
        <message>
            <source>Series: {} dates, bands {}, {} x {} pixels of {} m, stored as {}</source>
            <translation>Série : {} dates, bandes {}, {} x {} pixels de {} m, stockée en {}</translation>
        </message>
        <message>
            <source>Stack time series</source>
            <translation>Empiler une série temporelle</translation>
        </message>
        <message>
            <source>Stacked by SatSharp from {}.</source>
            <translation>Empilé par SatSharp à partir de {}.</translation>
        </message>
        <message>
            <source>The dates are not loaded as layers: QGIS knows neither their times nor their colours in {} files. Choose the format COG for that.</source>
            <translation>Les dates ne sont pas chargées comme couches : dans les fichiers {}, QGIS ne connaît ni leur temps ni leurs couleurs. Choisissez pour cela le format COG.</translation>
        </message>
        <message>
            <source>Time series</source>
            <translation>Série temporelle</translation>
        </message>
        <message>
            <source>Time series {}</source>
            <translation>Série temporelle {}</translation>
        </message>
        <message>
            <source>time series,stack,cube,temporal,dates,netcdf,zarr,cog,landsat,sentinel-2,harmonized</source>
            <translation>série temporelle,pile,cube,temporel,dates,netcdf,zarr,cog,landsat,sentinel-2,harmonisé</translation>
        </message>
        <message>
            <source>union: of all rasters, filled with nodata where one has no pixels. intersection: what all share.</source>
            <translation>union : de tous les rasters, rempli de « sans donnée » là où l’un n’a pas de pixels. intersection : ce qui est commun à tous.</translation>
        </message>
        <message>
            <source>{} dates are left out.</source>
            <translation>{} dates sont laissées de côté.</translation>
        </message>
        <message>
            <source>{} of a time series of {} dates.</source>
            <translation>{} d’une série temporelle de {} dates.</translation>
        </message>
        <message>
            <source>{}: {} % of the pixels are valid</source>
            <translation>{} : {} % des pixels sont valides</translation>
        </message>
    </context>
    <context>
        <name>StepParameters</name>
        <message>
            <source>A raster whose bands are named in their descriptions (B02, B8A, SR_B5, red, ...), or the folder, metadata file or archive of a Sentinel-2 or Landsat 8/9 product of Collection 2. Of Landsat, Level-2 is used where both levels are given.</source>
            <translation>Un raster dont les descriptions nomment les bandes (B02, B8A, SR_B5, red, ...), ou le dossier, le fichier de métadonnées ou l’archive d’un produit Sentinel-2 ou Landsat 8/9 de la Collection 2. Pour Landsat, le niveau 2 est pris si les deux niveaux sont donnés.</translation>
        </message>
        <message>
            <source>All files</source>
            <translation>Tous les fichiers</translation>
        </message>
        <message>
            <source>As HLS: the zenith angle of the sun in the middle of the product on its day, at the mean time at which Landsat 8 and Sentinel-2 pass that latitude. Give one angle to bring scenes of several days to it.</source>
            <translation>Comme HLS : l’angle zénithal du soleil au milieu du produit, ce jour-là, à l’heure moyenne où Landsat 8 et Sentinel-2 passent à cette latitude. Donnez un angle pour y amener des scènes de plusieurs jours.</translation>
        </message>
        <message>
            <source>Folder, metadata file or archive of the product that a raster was made from. Sentinel-2: the angle grids of the granule (MTD_TL.xml). Landsat: the angle bands (..._SZA.TIF and so on) of the Level-1 product of Collection 2, which may also lie beside the Level-2 product, or be given after a semicolon. Where grids or bands are missing, mean angles are used, with a warning.</source>
            <translation>Dossier, fichier de métadonnées ou archive du produit dont vient un raster. Sentinel-2 : les grilles d’angles de la granule (MTD_TL.xml). Landsat : les bandes d’angles (..._SZA.TIF, etc.) du produit de niveau 1 de la Collection 2, qui peut aussi se trouver à côté du produit de niveau 2, ou être donné après un point-virgule. Là où grilles ou bandes manquent, des angles moyens sont pris, avec un avertissement.</translation>
        </message>
        <message>
            <source>For rasters whose bands have no or other names: the sensor's name of each band in order, separated by commas, such as B2,B3,B4,B5. A hyphen leaves a band as it is.</source>
            <translation>Pour les rasters dont les bandes n’ont pas de nom ou d’autres noms : le nom de chaque bande chez le capteur, dans l’ordre, séparés par des virgules, par exemple B2,B3,B4,B5. Un trait d’union laisse une bande telle quelle.</translation>
        </message>
        <message>
            <source>GeoTIFF on the grid of the input, with its bands, data type, nodata value, scale and offset. It appears under its name only when it is complete.</source>
            <translation>GeoTIFF sur la grille de l’entrée, avec ses bandes, type, valeur sans donnée, échelle et décalage. Il n’apparaît sous son nom qu’une fois complet.</translation>
        </message>
        <message>
            <source>Ground sampling distance of the bands of a product in metres (0 = automatic)</source>
            <translation>Pas d’échantillonnage au sol des bandes d’un produit en mètres (0 = automatique)</translation>
        </message>
        <message>
            <source>Names of the bands</source>
            <translation>Noms des bandes</translation>
        </message>
        <message>
            <source>Own table</source>
            <translation>Votre table</translation>
        </message>
        <message>
            <source>Product with the angles (default: the input)</source>
            <translation>Produit avec les angles (par défaut : l’entrée)</translation>
        </message>
        <message>
            <source>Products</source>
            <translation>Produits</translation>
        </message>
        <message>
            <source>Raster layer or product</source>
            <translation>Couche raster ou produit</translation>
        </message>
        <message>
            <source>Sensor of the input</source>
            <translation>Capteur de l’entrée</translation>
        </message>
        <message>
            <source>Sensor that measured the input. auto takes it from the product, from the tags of earlier results of SatSharp, or from a name such as S2A_MSIL2A_... or LC08_L2SP_....</source>
            <translation>Capteur qui a mesuré l’entrée. auto le prend du produit, des étiquettes de résultats antérieurs de SatSharp, ou d’un nom tel que S2A_MSIL2A_... ou LC08_L2SP_....</translation>
        </message>
        <message>
            <source>Sensor to adjust to</source>
            <translation>Capteur visé</translation>
        </message>
        <message>
            <source>Sensor whose bandpasses the result has. auto takes landsat8, the reference of HLS, for Sentinel-2, and sentinel2a for Landsat. Landsat 8 and 9 are alike.</source>
            <translation>Capteur dont le résultat a les bandes passantes. auto prend landsat8, la référence de HLS, pour Sentinel-2, et sentinel2a pour Landsat. Landsat 8 et 9 sont pareils.</translation>
        </message>
        <message>
            <source>Tables</source>
            <translation>Tables</translation>
        </message>
        <message>
            <source>The format is described in resources/harmonization/README.md of the plugin.</source>
            <translation>Le format est décrit dans resources/harmonization/README.md de l’extension.</translation>
        </message>
        <message>
            <source>Which bands of a product to take: the output has one grid. 10, 20 or 60 for Sentinel-2, 30 for Landsat. Automatic is 10 and 30. For rasters it is ignored.</source>
            <translation>Quelles bandes d’un produit prendre : la sortie a une seule grille. 10, 20 ou 60 pour Sentinel-2, 30 pour Landsat. Automatique : 10 et 30. Sans effet pour les rasters.</translation>
        </message>
        <message>
            <source>Zenith of the sun to normalise to in degrees (-1 = as HLS)</source>
            <translation>Zénith du soleil visé en degrés (-1 = comme HLS)</translation>
        </message>
    </context>
    <context>
        <name>SuperResolveProduct</name>
        <message>
            <source>Brings the coarse bands of a {} product to {} with a neural network.</source>
            <translation>Amène les bandes grossières d’un produit {} à {} par un réseau de neurones.</translation>
        </message>
        <message>
            <source>Execution provider that was used</source>
            <translation>Fournisseur d’exécution utilisé</translation>
        </message>
        <message>
            <source>Ground sampling distance of the result</source>
            <translation>Pas d’échantillonnage au sol du résultat</translation>
        </message>
        <message>
            <source>Models that were used</source>
            <translation>Modèles utilisés</translation>
        </message>
        <message>
            <source>Super-resolution</source>
            <translation>Super-résolution</translation>
        </message>
        <message>
            <source>Super-resolve {} product</source>
            <translation>Super-résolution d’un produit {}</translation>
        </message>
        <message>
            <source>super-resolution,superresolution,sharpen,pansharpen,upscale,downscale,resolution,onnx,ai,10 m</source>
            <translation>super-résolution,superrésolution,affiner,affinage,pansharpening,agrandir,résolution,onnx,ia,10 m</translation>
        </message>
        <message>
            <source>{} cannot be {}. Choose a coordinate reference system that QGIS knows.</source>
            <translation>{} ne peut pas être {}. Choisissez un système de coordonnées que QGIS connaît.</translation>
        </message>
        <message>
            <source>{} does not exist. Check the path of the product.</source>
            <translation>{} n’existe pas. Vérifiez le chemin du produit.</translation>
        </message>
    </context>
    <context>
        <name>SuperResolveRaster</name>
        <message>
            <source>Execution provider that was used</source>
            <translation>Fournisseur d’exécution utilisé</translation>
        </message>
        <message>
            <source>Exporting {} for the extent.</source>
            <translation>Export de {} pour l’emprise.</translation>
        </message>
        <message>
            <source>Ground sampling distance of the result</source>
            <translation>Pas d’échantillonnage au sol du résultat</translation>
        </message>
        <message>
            <source>Models that were used</source>
            <translation>Modèles utilisés</translation>
        </message>
        <message>
            <source>Sharpens or enlarges the bands of any raster layer with any installed model.</source>
            <translation>Affine ou agrandit les bandes de n’importe quelle couche raster avec n’importe quel modèle installé.</translation>
        </message>
        <message>
            <source>Super-resolution</source>
            <translation>Super-résolution</translation>
        </message>
        <message>
            <source>Super-resolve raster</source>
            <translation>Super-résolution d’un raster</translation>
        </message>
        <message>
            <source>super-resolution,sharpen,pansharpen,upscale,enlarge,resolution,pan,guide,layer,wms,onnx</source>
            <translation>super-résolution,affiner,pansharpening,agrandir,résolution,panchromatique,guide,couche,wms,onnx</translation>
        </message>
        <message>
            <source>{} is no file. Choose an EXTENT to export it for.</source>
            <translation>{} n’est pas un fichier. Choisissez une EXTENT pour l’exporter.</translation>
        </message>
        <message>
            <source>{} is the input itself. Choose another output.</source>
            <translation>{} est l’entrée elle-même. Choisissez une autre sortie.</translation>
        </message>
    </context>
    <context>
        <name>SuperResolveTimeseries</name>
        <message>
            <source>Dates are to be judged on the extent. Choose an EXTENT.</source>
            <translation>Les dates doivent être jugées sur l’emprise. Choisissez une EXTENT.</translation>
        </message>
        <message>
            <source>Dates that were used, in the order of the model</source>
            <translation>Dates utilisées, dans l’ordre du modèle</translation>
        </message>
        <message>
            <source>Execution provider that was used</source>
            <translation>Fournisseur d’exécution utilisé</translation>
        </message>
        <message>
            <source>Ground sampling distance of the result</source>
            <translation>Pas d’échantillonnage au sol du résultat</translation>
        </message>
        <message>
            <source>Makes one finer image of several dates of one place, with a model that takes several.</source>
            <translation>Fait une image plus fine de plusieurs dates d’un même lieu, avec un modèle qui en prend plusieurs.</translation>
        </message>
        <message>
            <source>Models that were used</source>
            <translation>Modèles utilisés</translation>
        </message>
        <message>
            <source>Super-resolution</source>
            <translation>Super-résolution</translation>
        </message>
        <message>
            <source>Super-resolve several dates</source>
            <translation>Super-résolution de plusieurs dates</translation>
        </message>
        <message>
            <source>super-resolution,multi-image,multi-temporal,time series,dates,satlas,enlarge,onnx</source>
            <translation>super-résolution,multi-image,multitemporel,série temporelle,dates,satlas,agrandir,onnx</translation>
        </message>
        <message>
            <source>{} does not exist. Check the path of the product.</source>
            <translation>{} n’existe pas. Vérifiez le chemin du produit.</translation>
        </message>
    </context>
    <context>
        <name>TimeseriesParameters</name>
        <message>
            <source>A date of which more is cloudy or missing is left out; clearer ones are repeated instead. Clouds are known by the scene classification of Level-2A, else by their brightness.</source>
            <translation>Une date plus nuageuse ou plus incomplète est laissée de côté ; de plus claires sont répétées à sa place. Les nuages sont connus par la classification de scène du niveau 2A, sinon par leur luminosité.</translation>
        </message>
        <message>
            <source>Dates (products or rasters of one place)</source>
            <translation>Dates (produits ou rasters d’un même lieu)</translation>
        </message>
        <message>
            <source>Extent (default: all that every date shows)</source>
            <translation>Emprise (par défaut : tout ce que montre chaque date)</translation>
        </message>
        <message>
            <source>Judge the clouds of</source>
            <translation>Juger les nuages de</translation>
        </message>
        <message>
            <source>Most clouds and gaps of a date (%)</source>
            <translation>Nuages et lacunes d’une date, au plus (%)</translation>
        </message>
        <message>
            <source>Part of the scene to work on, in any coordinate reference system. It is snapped outward to the coarsest pixels; the result equals that part of a run on the whole scene with the same dates.</source>
            <translation>Partie de la scène à traiter, dans un système de coordonnées quelconque. Elle est étendue aux pixels les plus grossiers ; le résultat est égal à cette partie d’un traitement de toute la scène avec les mêmes dates.</translation>
        </message>
        <message>
            <source>Products of several dates (their folders, metadata files or archives), or rasters such as true-colour images, also the names of loaded layers. All must lie on the same pixels; what only some of them cover is cut off. As many as the model takes are chosen: the clearest. Where there are too few, good ones are repeated.</source>
            <translation>Produits de plusieurs dates (dossiers, fichiers de métadonnées ou archives), ou rasters tels que des images en vraies couleurs, aussi noms de couches chargées. Tous doivent être sur les mêmes pixels ; ce que seuls certains couvrent est coupé. On en choisit autant qu’en prend le modèle : les plus clairs. S’il y en a trop peu, les bons sont répétés.</translation>
        </message>
        <message>
            <source>Satlas' models were trained on the Web-Mercator grid of zoom 17 (EPSG:3857, pixels of 9.5546 m, which are smaller on the ground away from the equator). With this option all dates are warped onto it, bilinearly, so that the model sees objects in the size it knows; the result lies on that grid, too. It also brings dates of different UTM zones together. Models must declare such a grid.</source>
            <translation>Les modèles de Satlas ont été entraînés sur la grille Web-Mercator du zoom 17 (EPSG:3857, pixels de 9.5546 m, plus petits au sol loin de l’équateur). Avec cette option, toutes les dates y sont projetées, en bilinéaire, pour que le modèle voie les objets à la taille qu’il connaît ; le résultat est aussi sur cette grille. Cela réunit aussi des dates de zones UTM différentes. Les modèles doivent déclarer une telle grille.</translation>
        </message>
        <message>
            <source>Warp onto the grid of the training images</source>
            <translation>Projeter sur la grille des images d’entraînement</translation>
        </message>
        <message>
            <source>whole scene: the dates with the least clouds in the whole scene are used, the same for every extent. extent: those with the least clouds in the extent.</source>
            <translation>whole scene : les dates les moins nuageuses de toute la scène sont prises, les mêmes pour toute emprise. extent : celles qui ont le moins de nuages dans l’emprise.</translation>
        </message>
    </context>
    <context>
        <name>WhatView</name>
        <message>
            <source>Choose: {}</source>
            <translation>Choisir : {}</translation>
        </message>
        <message>
            <source>Suggested: {}</source>
            <translation>Suggéré : {}</translation>
        </message>
        <message>
            <source>What fits the input; the suggestion comes first, with a star.</source>
            <translation>Ce qui convient à l’entrée ; la suggestion vient d’abord, avec une étoile.</translation>
        </message>
        <message>
            <source>What to do</source>
            <translation>Que faire</translation>
        </message>
        <message>
            <source>{} (optional)</source>
            <translation>{} (facultatif)</translation>
        </message>
        <message>
            <source>{}: {}</source>
            <translation>{} : {}</translation>
        </message>
    </context>
    <context>
        <name>WhereView</name>
        <message>
            <source>A drawn rectangle</source>
            <translation>Un rectangle dessiné</translation>
        </message>
        <message>
            <source>A layer’s extent</source>
            <translation>L’emprise d’une couche</translation>
        </message>
        <message>
            <source>Choose a polygon layer.</source>
            <translation>Choisissez une couche de polygones.</translation>
        </message>
        <message>
            <source>Draw a rectangle on the map</source>
            <translation>Dessiner un rectangle sur la carte</translation>
        </message>
        <message>
            <source>Draw a rectangle on the map.</source>
            <translation>Dessinez un rectangle sur la carte.</translation>
        </message>
        <message>
            <source>Rectangle of {} km</source>
            <translation>Rectangle de {} km</translation>
        </message>
        <message>
            <source>The result covers the rectangle around this layer.</source>
            <translation>Le résultat couvre le rectangle autour de cette couche.</translation>
        </message>
        <message>
            <source>The result of a part equals that part of the result of the whole.</source>
            <translation>Le résultat d’une partie est égal à cette partie du résultat du tout.</translation>
        </message>
        <message>
            <source>The whole input</source>
            <translation>Toute l’entrée</translation>
        </message>
        <message>
            <source>This is done for all of the input.</source>
            <translation>Cela se fait pour toute l’entrée.</translation>
        </message>
        <message>
            <source>What the map shows</source>
            <translation>Ce que montre la carte</translation>
        </message>
        <message>
            <source>Where</source>
            <translation>Où</translation>
        </message>
    </context>
</TS>
