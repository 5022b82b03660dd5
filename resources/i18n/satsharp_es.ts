<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
    <context>
        <name>AdjustBandpass</name>
        <message>
            <source>Adjust bandpass</source>
            <translation>Ajustar las bandas espectrales</translation>
        </message>
        <message>
            <source>Adjusted bands</source>
            <translation>Bandas ajustadas</translation>
        </message>
        <message>
            <source>Bands of {} adjusted to the bandpasses of another sensor.</source>
            <translation>Bandas de {} ajustadas a las bandas espectrales de otro sensor.</translation>
        </message>
        <message>
            <source>Bands of {} adjusted to the bandpasses of {}.</source>
            <translation>Bandas de {} ajustadas a las bandas espectrales de {}.</translation>
        </message>
        <message>
            <source>Brings the bands of Sentinel-2 to the bandpasses of Landsat 8/9 or the other way round.</source>
            <translation>Lleva las bandas de Sentinel-2 a las bandas espectrales de Landsat 8/9, o al revés.</translation>
        </message>
        <message>
            <source>From {} to {} by the table {}.</source>
            <translation>De {} a {} según la tabla {}.</translation>
        </message>
        <message>
            <source>Lines between the bandpasses to use instead of those of HLS v2.0.</source>
            <translation>Rectas entre las bandas espectrales, en lugar de las de HLS v2.0.</translation>
        </message>
        <message>
            <source>Nothing tells the sensor of {}. Choose it as FROM.</source>
            <translation>Nada indica el sensor de {}. Elíjalo en FROM.</translation>
        </message>
        <message>
            <source>harmonization,hls,sentinel-2,landsat,spectral,band adjustment,sbaf,oli,msi</source>
            <translation>armonización,hls,sentinel-2,landsat,espectral,ajuste de bandas,sbaf,oli,msi</translation>
        </message>
        <message>
            <source>{} looks like {}, and is taken as {}, as chosen.</source>
            <translation>{} parece {}, y se toma por {}, como se eligió.</translation>
        </message>
    </context>
    <context>
        <name>AssessQuality</name>
        <message>
            <source>Assess quality</source>
            <translation>Evaluar la calidad</translation>
        </message>
        <message>
            <source>Bands of {} = {}: {}</source>
            <translation>Bandas de {} = {}: {}</translation>
        </message>
        <message>
            <source>Common clear pixels</source>
            <translation>Píxeles despejados comunes</translation>
        </message>
        <message>
            <source>Compares a raster with a reference of the same place: bands, indices, plots and maps.</source>
            <translation>Compara un ráster con una referencia del mismo lugar: bandas, índices, gráficos y mapas.</translation>
        </message>
        <message>
            <source>Correlation of NDVI</source>
            <translation>Correlación del NDVI</translation>
        </message>
        <message>
            <source>Correlation of NDVI before</source>
            <translation>Correlación del NDVI antes</translation>
        </message>
        <message>
            <source>Masked by {}: {}</source>
            <translation>Enmascarado por {}: {}</translation>
        </message>
        <message>
            <source>Mean spectral angle in degrees</source>
            <translation>Ángulo espectral medio en grados</translation>
        </message>
        <message>
            <source>Nothing tells what the numbers of {} mean. Choose the kind of the mask.</source>
            <translation>Nada indica qué significan los números de {}. Elija el tipo de la máscara.</translation>
        </message>
        <message>
            <source>Quality</source>
            <translation>Calidad</translation>
        </message>
        <message>
            <source>RMSE of all bands</source>
            <translation>RMSE de todas las bandas</translation>
        </message>
        <message>
            <source>RMSE of all bands before</source>
            <translation>RMSE de todas las bandas antes</translation>
        </message>
        <message>
            <source>SSIM, mean of the bands</source>
            <translation>SSIM, media de las bandas</translation>
        </message>
        <message>
            <source>quality,validation,compare,accuracy,rmse,ssim,psnr,sam,ndvi,correlation,regression,scatter,report,harmonize</source>
            <translation>calidad,validación,comparar,exactitud,rmse,ssim,psnr,sam,ndvi,correlación,regresión,dispersión,informe,armonizar</translation>
        </message>
    </context>
    <context>
        <name>BrowseButton</name>
        <message>
            <source>Add a product from a file, a folder or the web</source>
            <translation>Añadir un producto de un archivo, una carpeta o la web</translation>
        </message>
        <message>
            <source>Add from the web</source>
            <translation>Añadir desde la web</translation>
        </message>
        <message>
            <source>Add products</source>
            <translation>Añadir productos</translation>
        </message>
        <message>
            <source>Add the folder of a product</source>
            <translation>Añadir la carpeta de un producto</translation>
        </message>
        <message>
            <source>Address of the product</source>
            <translation>Dirección del producto</translation>
        </message>
        <message>
            <source>All files</source>
            <translation>Todos los archivos</translation>
        </message>
        <message>
            <source>File…</source>
            <translation>Archivo…</translation>
        </message>
        <message>
            <source>Folder…</source>
            <translation>Carpeta…</translation>
        </message>
        <message>
            <source>Products and rasters</source>
            <translation>Productos y rásteres</translation>
        </message>
        <message>
            <source>Web address…</source>
            <translation>Dirección web…</translation>
        </message>
    </context>
    <context>
        <name>CardWords</name>
        <message>
            <source>1 scene</source>
            <translation>1 escena</translation>
        </message>
        <message>
            <source>Experimental: {}</source>
            <translation>Experimental: {}</translation>
        </message>
        <message>
            <source>From – to</source>
            <translation>De – a</translation>
        </message>
        <message>
            <source>Held-out error</source>
            <translation>Error fuera del entrenamiento</translation>
        </message>
        <message>
            <source>Licence</source>
            <translation>Licencia</translation>
        </message>
        <message>
            <source>Speed here</source>
            <translation>Velocidad aquí</translation>
        </message>
        <message>
            <source>This model has no finer band to take detail from: it makes plausible detail up. Do not measure small things in the result.</source>
            <translation>Este modelo no tiene una banda más fina de la que tomar el detalle: inventa uno verosímil. No mida objetos pequeños en el resultado.</translation>
        </message>
        <message>
            <source>Trained on</source>
            <translation>Entrenado con</translation>
        </message>
        <message>
            <source>not measured yet</source>
            <translation>aún sin medir</translation>
        </message>
        <message>
            <source>not measured: compare the result with care</source>
            <translation>sin medir: compare el resultado con cuidado</translation>
        </message>
        <message>
            <source>not stated</source>
            <translation>no indicado</translation>
        </message>
        <message>
            <source>{} % of bicubic’s, on places never seen in training</source>
            <translation>{} % del de la bicúbica, en lugares nunca vistos en el entrenamiento</translation>
        </message>
        <message>
            <source>{} % of bicubic’s: hardly better</source>
            <translation>{} % del de la bicúbica: apenas mejor</translation>
        </message>
        <message>
            <source>{} m</source>
            <translation>{} m</translation>
        </message>
        <message>
            <source>{} million pixels a minute</source>
            <translation>{} millones de píxeles por minuto</translation>
        </message>
        <message>
            <source>{} scenes</source>
            <translation>{} escenas</translation>
        </message>
        <message>
            <source>{} to {} ({} bands)</source>
            <translation>{} a {} ({} bandas)</translation>
        </message>
    </context>
    <context>
        <name>ClassWords</name>
        <message>
            <source>Clouds of {}</source>
            <translation>Nubes de {}</translation>
        </message>
        <message>
            <source>cirrus</source>
            <translation>cirros</translation>
        </message>
        <message>
            <source>clear</source>
            <translation>despejado</translation>
        </message>
        <message>
            <source>cloud</source>
            <translation>nube</translation>
        </message>
        <message>
            <source>shadow</source>
            <translation>sombra</translation>
        </message>
        <message>
            <source>snow</source>
            <translation>nieve</translation>
        </message>
        <message>
            <source>water</source>
            <translation>agua</translation>
        </message>
    </context>
    <context>
        <name>ClassicalStep</name>
        <message>
            <source>Harmonization</source>
            <translation>Armonización</translation>
        </message>
        <message>
            <source>{} does not exist. Check {}.</source>
            <translation>{} no existe. Compruebe {}.</translation>
        </message>
        <message>
            <source>{} is no file. Export it to a GeoTIFF first.</source>
            <translation>{} no es un archivo. Expórtelo primero a GeoTIFF.</translation>
        </message>
        <message>
            <source>{}: {} pixels did not fit the range of the values and were cut off.</source>
            <translation>{}: {} píxeles no cabían en el intervalo de valores y se recortaron.</translation>
        </message>
    </context>
    <context>
        <name>CloudParameters</name>
        <message>
            <source>A raster that tells where clouds are, on any grid: Landsat's QA_PIXEL, Sentinel-2's SCL, a result of Fmask, or a mask of your own. Only its first band is read. Pixels that it hides do not count.</source>
            <translation>Ráster que indica dónde hay nubes, en cualquier cuadrícula: QA_PIXEL de Landsat, SCL de Sentinel-2, un resultado de Fmask o una máscara propia. Solo se lee su primera banda. Los píxeles que oculta no cuentan.</translation>
        </message>
        <message>
            <source>Classes of the mask whose pixels do not count.</source>
            <translation>Clases de la máscara cuyos píxeles no cuentan.</translation>
        </message>
        <message>
            <source>Clouds, their shadows and cirrus are grown by so many metres, since their edges are thin.</source>
            <translation>Las nubes, sus sombras y los cirros se amplían tantos metros, porque sus bordes son tenues.</translation>
        </message>
        <message>
            <source>Growth of clouds (metres)</source>
            <translation>Ampliación de las nubes (metros)</translation>
        </message>
        <message>
            <source>What the mask hides</source>
            <translation>Lo que oculta la máscara</translation>
        </message>
        <message>
            <source>What the numbers of the mask mean. auto goes by the name of its file. qa_pixel: bits of Landsat Collection 2. scl: Sentinel-2 scene classification. fmask: 0 land, 1 water, 2 shadow, 3 snow, 4 cloud, 255 fill. hls_fmask: bits of HLS 2. classes: 0 clear, 1 cloud, 2 shadow, 3 cirrus, 4 snow, 5 water, 255 nodata, as harmonize_landsat writes them, grown already. binary: 0 clear, anything else cloud.</source>
            <translation>Qué significan los números de la máscara. auto se guía por el nombre de su archivo. qa_pixel: bits de Landsat Collection 2. scl: clasificación de escena de Sentinel-2. fmask: 0 tierra, 1 agua, 2 sombra, 3 nieve, 4 nube, 255 vacío. hls_fmask: bits de HLS 2. classes: 0 despejado, 1 nube, 2 sombra, 3 cirro, 4 nieve, 5 agua, 255 sin datos. binary: 0 despejado, todo lo demás nube.</translation>
        </message>
    </context>
    <context>
        <name>Coregister</name>
        <message>
            <source>Co-register raster</source>
            <translation>Corregistrar ráster</translation>
        </message>
        <message>
            <source>Harmonization</source>
            <translation>Armonización</translation>
        </message>
        <message>
            <source>Kind of the mask</source>
            <translation>Tipo de la máscara</translation>
        </message>
        <message>
            <source>Mask of clouds</source>
            <translation>Máscara de nubes</translation>
        </message>
        <message>
            <source>Metres by which the raster was moved east</source>
            <translation>Metros que se movió el ráster hacia el este</translation>
        </message>
        <message>
            <source>Metres by which the raster was moved north</source>
            <translation>Metros que se movió el ráster hacia el norte</translation>
        </message>
        <message>
            <source>Moves a raster onto another one of the same place, to a tenth of a pixel, in one resampling.</source>
            <translation>Mueve un ráster sobre otro del mismo lugar, con una décima de píxel, en un solo remuestreo.</translation>
        </message>
        <message>
            <source>Number of windows that agree</source>
            <translation>Número de ventanas que coinciden</translation>
        </message>
        <message>
            <source>RESAMPLING none moves the raster as a whole: it needs GRID input, without LOCAL.</source>
            <translation>RESAMPLING none mueve el ráster entero: necesita GRID input, sin LOCAL.</translation>
        </message>
        <message>
            <source>Share of the usable windows that agree</source>
            <translation>Parte de las ventanas útiles que coinciden</translation>
        </message>
        <message>
            <source>Shift vectors</source>
            <translation>Vectores de desplazamiento</translation>
        </message>
        <message>
            <source>There is no input.</source>
            <translation>No hay entrada.</translation>
        </message>
        <message>
            <source>coregistration,registration,align,shift,sub-pixel,phase correlation,landsat,sentinel-2,misregistration</source>
            <translation>corregistro,registro,alinear,desplazamiento,subpíxel,correlación de fase,landsat,sentinel-2</translation>
        </message>
        <message>
            <source>{} is an input itself. Choose another output.</source>
            <translation>{} es una entrada. Elija otra salida.</translation>
        </message>
    </context>
    <context>
        <name>CoregisterParameters</name>
        <message>
            <source>A point for each usable window, where the raster shows its middle, with the metres by which it must be moved there (east, north, length_m), the quality from 0 to 1, and whether it agrees with the others (kept). QGIS draws them as arrows.</source>
            <translation>Un punto por cada ventana útil, donde el ráster muestra su centro, con los metros que hay que moverlo allí (east, north, length_m), la calidad de 0 a 1, y si coincide con los demás (kept). QGIS los dibuja como flechas.</translation>
        </message>
        <message>
            <source>A raster of the same place that lies right. Its pixels may be finer or coarser, and it may be in another UTM zone.</source>
            <translation>Un ráster del mismo lugar bien situado. Sus píxeles pueden ser más finos o más gruesos, y puede estar en otra zona UTM.</translation>
        </message>
        <message>
            <source>All of its bands are moved alike. A file in a projected coordinate reference system, north up.</source>
            <translation>Todas sus bandas se mueven igual. Un archivo en un sistema de coordenadas proyectado, con el norte arriba.</translation>
        </message>
        <message>
            <source>Allow shifts that differ over the raster</source>
            <translation>Permitir desplazamientos que varían en el ráster</translation>
        </message>
        <message>
            <source>Band of the raster to compare</source>
            <translation>Banda del ráster que se compara</translation>
        </message>
        <message>
            <source>Band of the reference to compare</source>
            <translation>Banda de la referencia que se compara</translation>
        </message>
        <message>
            <source>Contrast does not matter, and red against near infrared is found, too; but shadows make such bands lie up to a third of a pixel of 10 m apart, so like bands are better.</source>
            <translation>El contraste no importa, y rojo con infrarrojo cercano también funciona; pero las sombras separan esas bandas hasta un tercio de píxel de 10 m: son mejores bandas parecidas.</translation>
        </message>
        <message>
            <source>Fits a smooth grid of shifts instead of one, where that foretells the windows better; they may differ by up to two pixels of the coarser raster.</source>
            <translation>Ajusta una malla suave de desplazamientos en lugar de uno solo, donde predice mejor las ventanas; pueden diferir hasta dos píxeles del ráster más grueso.</translation>
        </message>
        <message>
            <source>GeoTIFF with all bands, their names, type, nodata, scale and colours. It appears under its name only when it is complete.</source>
            <translation>GeoTIFF con todas las bandas, sus nombres, tipo, valor sin datos, escala y colores. Aparece con su nombre solo cuando está completo.</translation>
        </message>
        <message>
            <source>Grid of the result</source>
            <translation>Cuadrícula del resultado</translation>
        </message>
        <message>
            <source>Largest shift to look for (metres, 0 = ten pixels of the coarser raster)</source>
            <translation>Mayor desplazamiento que se busca (metros, 0 = diez píxeles del ráster más grueso)</translation>
        </message>
        <message>
            <source>Moved raster</source>
            <translation>Ráster movido</translation>
        </message>
        <message>
            <source>Raster to move</source>
            <translation>Ráster que se mueve</translation>
        </message>
        <message>
            <source>Reference</source>
            <translation>Referencia</translation>
        </message>
        <message>
            <source>Resampling</source>
            <translation>Remuestreo</translation>
        </message>
        <message>
            <source>Shift vectors</source>
            <translation>Vectores de desplazamiento</translation>
        </message>
        <message>
            <source>The band that shows most nearly what the reference's band shows, such as red and red, or pan and red.</source>
            <translation>La banda que más se parece a la de la referencia, como rojo y rojo, o pancromática y rojo.</translation>
        </message>
        <message>
            <source>What lies further away is not found. A smaller search is safer where there is little to see.</source>
            <translation>Lo que está más lejos no se encuentra. Una búsqueda menor es más segura donde hay poco que ver.</translation>
        </message>
        <message>
            <source>cubic is best for reflectance, nearest for classes. none leaves every pixel as it is and moves the origin of the raster instead, which then no longer lies on whole metres.</source>
            <translation>cubic es lo mejor para reflectancia, nearest para clases. none deja cada píxel como está y mueve el origen del ráster, que entonces ya no cae en metros enteros.</translation>
        </message>
        <message>
            <source>input: the pixels of the raster itself. reference: the coordinate reference system of the reference, with corners on the corners of its pixels; the pixels are a whole number of the reference's, or a whole part of them, and at most as large as the raster's. Either way there is one resampling.</source>
            <translation>input: los píxeles del propio ráster. reference: el sistema de coordenadas de la referencia, con esquinas en las esquinas de sus píxeles; los píxeles son un número entero de los de la referencia, o una parte entera, y como mucho tan grandes como los del ráster. En ambos casos hay un solo remuestreo.</translation>
        </message>
    </context>
    <context>
        <name>DeviceWords</name>
        <message>
            <source>CPU, 1 core</source>
            <translation>CPU, 1 núcleo</translation>
        </message>
        <message>
            <source>CPU, {} cores</source>
            <translation>CPU, {} núcleos</translation>
        </message>
        <message>
            <source>Chosen in the options.</source>
            <translation>Elegido en las opciones.</translation>
        </message>
        <message>
            <source>GPU by {}</source>
            <translation>GPU por {}</translation>
        </message>
        <message>
            <source>No graphics processor was found that ONNX Runtime can use.</source>
            <translation>No se encontró un procesador gráfico que ONNX Runtime pueda usar.</translation>
        </message>
        <message>
            <source>ONNX Runtime is not installed yet.</source>
            <translation>ONNX Runtime aún no está instalado.</translation>
        </message>
        <message>
            <source>The fastest that ONNX Runtime can use here.</source>
            <translation>El más rápido que ONNX Runtime puede usar aquí.</translation>
        </message>
        <message>
            <source>The installed ONNX Runtime has no GPU build for the {}.</source>
            <translation>El ONNX Runtime instalado no tiene versión de GPU para {}.</translation>
        </message>
        <message>
            <source>The options ask for {}, which the installed ONNX Runtime cannot use.</source>
            <translation>Las opciones piden {}, que el ONNX Runtime instalado no puede usar.</translation>
        </message>
        <message>
            <source>{}, {} GB</source>
            <translation>{}, {} GB</translation>
        </message>
    </context>
    <context>
        <name>ExampleEntry</name>
        <message>
            <source>Example project</source>
            <translation>Proyecto de ejemplo</translation>
        </message>
        <message>
            <source>Makes a small product of an invented landscape, and opens it in the panel</source>
            <translation>Crea un pequeño producto de un paisaje inventado y lo abre en el panel</translation>
        </message>
    </context>
    <context>
        <name>ExampleLink</name>
        <message>
            <source>Making the example: a few seconds…</source>
            <translation>Creando el ejemplo: unos segundos…</translation>
        </message>
        <message>
            <source>No product at hand?</source>
            <translation>¿No tiene ningún producto a mano?</translation>
        </message>
        <message>
            <source>Try an example</source>
            <translation>Probar un ejemplo</translation>
        </message>
    </context>
    <context>
        <name>ExampleWords</name>
        <message>
            <source>Example of Sentinel-2, invented (20 m)</source>
            <translation>Ejemplo de Sentinel-2, inventado (20 m)</translation>
        </message>
        <message>
            <source>Making the example</source>
            <translation>Creando el ejemplo</translation>
        </message>
    </context>
    <context>
        <name>ForecastWords</name>
        <message>
            <source>About {}, {}</source>
            <translation>Unos {}, {}</translation>
        </message>
        <message>
            <source>Time and memory: not measured yet</source>
            <translation>Tiempo y memoria: aún sin medir</translation>
        </message>
        <message>
            <source>{} GB</source>
            <translation>{} GB</translation>
        </message>
        <message>
            <source>{} MB</source>
            <translation>{} MB</translation>
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
            <translation>{} de memoria</translation>
        </message>
        <message>
            <source>{} s</source>
            <translation>{} s</translation>
        </message>
        <message>
            <source>{} × {} pixels of {} m, {} bands, {}</source>
            <translation>{} × {} píxeles de {} m, {} bandas, {}</translation>
        </message>
        <message>
            <source>{}; time not measured yet</source>
            <translation>{}; tiempo aún sin medir</translation>
        </message>
    </context>
    <context>
        <name>GpuAdvice</name>
        <message>
            <source>An AMD GPU is used where ROCm is installed; a benchmark of a model tells.</source>
            <translation>Se usa una GPU AMD si ROCm está instalado; medir un modelo lo dice.</translation>
        </message>
        <message>
            <source>NVIDIA GPU</source>
            <translation>La GPU NVIDIA</translation>
        </message>
        <message>
            <source>Networks run on the processor. For a GPU without CUDA, install the wheel onnxruntime-directml from its file.</source>
            <translation>Las redes se ejecutan en el procesador. Para una GPU sin CUDA, instale el wheel onnxruntime-directml desde su archivo.</translation>
        </message>
        <message>
            <source>No GPU was found that ONNX Runtime can use: networks run on the processor.</source>
            <translation>No se encontró una GPU que ONNX Runtime pueda usar: las redes se ejecutan en el procesador.</translation>
        </message>
        <message>
            <source>The GPU is used by way of DirectML.</source>
            <translation>La GPU se usa por medio de DirectML.</translation>
        </message>
        <message>
            <source>The device coreml uses Apple’s GPU in half precision; it is used only when it is chosen.</source>
            <translation>El dispositivo coreml usa la GPU de Apple en media precisión; solo se usa si se elige.</translation>
        </message>
        <message>
            <source>This ONNX Runtime can use an NVIDIA GPU, but no driver was found. Install NVIDIA’s driver, or leave it: networks then run on the processor.</source>
            <translation>Este ONNX Runtime puede usar una GPU NVIDIA, pero no se encontró ningún controlador. Instale el controlador de NVIDIA, o déjelo así: las redes se ejecutan entonces en el procesador.</translation>
        </message>
        <message>
            <source>{} is not used: this ONNX Runtime is the build for processors.</source>
            <translation>{} no se usa: este ONNX Runtime es la versión para procesadores.</translation>
        </message>
        <message>
            <source>{} is used where the libraries CUDA 12 and cuDNN 9 are installed; a benchmark of a model tells.</source>
            <translation>{} se usa si están instaladas las bibliotecas CUDA 12 y cuDNN 9; medir un modelo lo dice.</translation>
        </message>
    </context>
    <context>
        <name>HarmonizeLandsat</name>
        <message>
            <source>An ensemble is written to one file. Choose one file, or another METHOD.</source>
            <translation>Un conjunto se escribe en un solo archivo. Elija one file u otro METHOD.</translation>
        </message>
        <message>
            <source>Ensemble of {} models.</source>
            <translation>Conjunto de {} modelos.</translation>
        </message>
        <message>
            <source>Execution provider that was used</source>
            <translation>Proveedor de ejecución usado</translation>
        </message>
        <message>
            <source>Give either REFERENCE or MGRS_TILE: each determines the grid of the result.</source>
            <translation>Dé REFERENCE o MGRS_TILE: cada uno determina la cuadrícula del resultado.</translation>
        </message>
        <message>
            <source>Harmonization</source>
            <translation>Armonización</translation>
        </message>
        <message>
            <source>Harmonize Landsat 8/9 to Sentinel-2</source>
            <translation>Armonizar Landsat 8/9 con Sentinel-2</translation>
        </message>
        <message>
            <source>Metres that the product was moved east</source>
            <translation>Metros que se movió el producto hacia el este</translation>
        </message>
        <message>
            <source>Metres that the product was moved north</source>
            <translation>Metros que se movió el producto hacia el norte</translation>
        </message>
        <message>
            <source>Models that were used</source>
            <translation>Modelos usados</translation>
        </message>
        <message>
            <source>No members of an ensemble are installed: networks that turn Landsat into Sentinel-2's bands, such as those of Deep-Harmonization. Convert and install them, or choose the METHOD network.</source>
            <translation>No hay miembros de un conjunto instalados: redes que convierten Landsat en bandas de Sentinel-2, como las de Deep-Harmonization. Conviértalas e instálelas, o elija METHOD network.</translation>
        </message>
        <message>
            <source>Part of the pixels without clouds, 0 to 1</source>
            <translation>Parte de los píxeles sin nubes, de 0 a 1</translation>
        </message>
        <message>
            <source>There is no model {} for harmonization. Install one, or choose the METHOD cubic.</source>
            <translation>No hay un modelo {} para la armonización. Instale uno, o elija METHOD cubic.</translation>
        </message>
        <message>
            <source>Turns Landsat 8/9 reflectance into what Sentinel-2 would have seen: six bands at 10 m.</source>
            <translation>Convierte la reflectancia de Landsat 8/9 en lo que habría visto Sentinel-2: seis bandas a 10 m.</translation>
        </message>
        <message>
            <source>harmonize,hls,landsat,sentinel-2,bandpass,brdf,nbar,time series,pansharpen,10 m</source>
            <translation>armonizar,hls,landsat,sentinel-2,banda espectral,brdf,nbar,serie temporal,pansharpening,10 m</translation>
        </message>
        <message>
            <source>{} does not exist. Check {}.</source>
            <translation>{} no existe. Compruebe {}.</translation>
        </message>
    </context>
    <context>
        <name>HarmonizeParameters</name>
        <message>
            <source>A JSON file as resources/harmonization/README.md says. Left empty: the bundled one.</source>
            <translation>Un archivo JSON como describe resources/harmonization/README.md. Vacío: el incluido.</translation>
        </message>
        <message>
            <source>All files</source>
            <translation>Todos los archivos</translation>
        </message>
        <message>
            <source>Band of the reference layer that shows red</source>
            <translation>Banda de la capa de referencia que muestra el rojo</translation>
        </message>
        <message>
            <source>Bandpass to adjust to</source>
            <translation>Banda espectral de destino</translation>
        </message>
        <message>
            <source>Bounds of the harmonized bands</source>
            <translation>Límites de las bandas armonizadas</translation>
        </message>
        <message>
            <source>Classes of clouds</source>
            <translation>Clases de nubes</translation>
        </message>
        <message>
            <source>Clouds reach further than their detected edge.</source>
            <translation>Las nubes llegan más lejos que su borde detectado.</translation>
        </message>
        <message>
            <source>GeoTIFF on the same grid: 0 clear, 1 cloud (with what it was grown to), 2 shadow, 3 cirrus, 4 snow, 5 water, 255 nodata.</source>
            <translation>GeoTIFF en la misma cuadrícula: 0 despejado, 1 nube (con su ampliación), 2 sombra, 3 cirro, 4 nieve, 5 agua, 255 sin datos.</translation>
        </message>
        <message>
            <source>GeoTIFF with B02, B03, B04, B8A, B11 and B12 at 10 m: reflectance x 10000 as 16-bit integers, negative ones too, nodata -9999. It appears under its name only when it is complete.</source>
            <translation>GeoTIFF con B02, B03, B04, B8A, B11 y B12 a 10 m: reflectancia x 10000 en enteros de 16 bits, también negativos, sin datos -9999. Aparece con su nombre solo cuando está completo.</translation>
        </message>
        <message>
            <source>GeoTIFF with the bounds between which the sharpened value lies with the stated probability, after the same corrections. It needs the method network and a model with a calibrated interval. With the method ensemble it holds the variance of the members' reflectance.</source>
            <translation>GeoTIFF con los límites entre los que está el valor afinado con la probabilidad indicada, tras las mismas correcciones. Necesita el método network y un modelo con intervalo calibrado. Con el método ensemble contiene la varianza de la reflectancia de los miembros.</translation>
        </message>
        <message>
            <source>Growth of clouds and shadows (metres)</source>
            <translation>Ampliación de nubes y sombras (metros)</translation>
        </message>
        <message>
            <source>Harmonized bands</source>
            <translation>Bandas armonizadas</translation>
        </message>
        <message>
            <source>Landsat's stated accuracy is 12 m; older or poorly controlled scenes are worse.</source>
            <translation>La exactitud declarada de Landsat es de 12 m; las escenas antiguas o mal controladas son peores.</translation>
        </message>
        <message>
            <source>Largest shift that is looked for (metres)</source>
            <translation>Mayor desplazamiento que se busca (metros)</translation>
        </message>
        <message>
            <source>Left empty: that of HLS at this place on this day.</source>
            <translation>Vacío: el de HLS en este lugar y este día.</translation>
        </message>
        <message>
            <source>Level-1 product with the panchromatic band</source>
            <translation>Producto de nivel 1 con la banda pancromática</translation>
        </message>
        <message>
            <source>Level-2 products have no panchromatic band (B8). It is taken from the Level-1 product of the same acquisition: the one given here, or one that lies beside the product. The method cubic needs none.</source>
            <translation>Los productos de nivel 2 no tienen banda pancromática (B8). Se toma del producto de nivel 1 de la misma adquisición: el que se da aquí, o el que está junto al producto. El método cubic no la necesita.</translation>
        </message>
        <message>
            <source>Lines of HLS v2 that turn Landsat's reflectance into what Sentinel-2's bands would measure. auto: of the reference's satellite, Sentinel-2A where it is not known. none: Landsat's own bandpass is kept.</source>
            <translation>Rectas de HLS v2 que convierten la reflectancia de Landsat en lo que medirían las bandas de Sentinel-2. auto: del satélite de la referencia, Sentinel-2A si no se conoce. none: se conserva la banda espectral de Landsat.</translation>
        </message>
        <message>
            <source>Method</source>
            <translation>Método</translation>
        </message>
        <message>
            <source>Move the product onto the reference</source>
            <translation>Mover el producto sobre la referencia</translation>
        </message>
        <message>
            <source>Multiplies the reflectance by the c-factor of Roy et al. (2016), from the angle bands of the product. Where there are none (they belong to Level-1), the sun of the metadata and a view from the zenith are assumed, with a warning. Normalise the Sentinel-2 side as well (Normalise BRDF).</source>
            <translation>Multiplica la reflectancia por el factor c de Roy et al. (2016), según las bandas de ángulos del producto. Si no las hay (son del nivel 1), se suponen el sol de los metadatos y una vista desde el cenit, con una advertencia. Normalice también el lado de Sentinel-2 (Normalizar BRDF).</translation>
        </message>
        <message>
            <source>Normalise to a view from the zenith (BRDF)</source>
            <translation>Normalizar a una vista desde el cenit (BRDF)</translation>
        </message>
        <message>
            <source>Own table of bandpasses</source>
            <translation>Tabla propia de bandas espectrales</translation>
        </message>
        <message>
            <source>Own table of kernel weights</source>
            <translation>Tabla propia de pesos de los núcleos</translation>
        </message>
        <message>
            <source>Sentinel-2 product or layer to match</source>
            <translation>Producto o capa de Sentinel-2 de referencia</translation>
        </message>
        <message>
            <source>The result lies on the grid of this Sentinel-2 product, raster file or loaded layer (its name or id), brought to 10 m, and the Landsat product is moved onto it. Without it the result lies on the lattice that all tiles of Sentinel-2 share in this zone of UTM, unmoved.</source>
            <translation>El resultado está en la cuadrícula de este producto Sentinel-2, archivo ráster o capa cargada (su nombre o identificador), llevada a 10 m, y el producto Landsat se mueve sobre ella. Sin ella, el resultado está en el retículo que comparten todas las teselas de Sentinel-2 en esta zona UTM, sin mover.</translation>
        </message>
        <message>
            <source>The shift is found by phase correlation of gradients in windows over the common area, to a few tenths of a pixel or better, and applied in the same resampling that brings the product to the new grid. Where the evidence is thin the product stays where it is, with a warning.</source>
            <translation>El desplazamiento se halla por correlación de fase de gradientes en ventanas de la zona común, con unas décimas de píxel o mejor, y se aplica en el mismo remuestreo que lleva el producto a la nueva cuadrícula. Si hay pocos indicios, el producto se queda donde está, con un aviso.</translation>
        </message>
        <message>
            <source>Tile of Sentinel-2, such as 31TCJ</source>
            <translation>Tesela de Sentinel-2, como 31TCJ</translation>
        </message>
        <message>
            <source>Used to find the shift. Of Sentinel-2 products B04 is taken whatever is said here.</source>
            <translation>Sirve para hallar el desplazamiento. De los productos Sentinel-2 se toma B04, se diga lo que se diga aquí.</translation>
        </message>
        <message>
            <source>Where clouds or shadows hide the ground</source>
            <translation>Donde nubes o sombras ocultan el suelo</translation>
        </message>
        <message>
            <source>Without a reference: the tile whose grid and extent the result has.</source>
            <translation>Sin referencia: la tesela cuya cuadrícula y extensión tiene el resultado.</translation>
        </message>
        <message>
            <source>Zenith of the sun to normalise to (degrees)</source>
            <translation>Cenit del sol de destino (grados)</translation>
        </message>
        <message>
            <source>network: the 30 m bands are sharpened to 10 m with the panchromatic band's help. ensemble: the mean of all installed networks that turn Landsat into Sentinel-2's bands, such as those of Deep-Harmonization; the bounds then hold their variance. pansharpen: the panchromatic band's details, weighted by how each band of this scene follows it; nothing is learned. cubic: interpolation, which invents nothing and needs no panchromatic band. The corrections below follow.</source>
            <translation>network: las bandas de 30 m se afinan a 10 m con ayuda de la banda pancromática. ensemble: la media de todas las redes instaladas que convierten Landsat en bandas de Sentinel-2, como las de Deep-Harmonization; los límites contienen entonces su varianza. pansharpen: los detalles de la banda pancromática, ponderados según cómo la sigue cada banda de esta escena; no se aprende nada. cubic: interpolación, que no inventa nada y no necesita banda pancromática. Siguen las correcciones de abajo.</translation>
        </message>
        <message>
            <source>original: the Landsat pixels, enlarged and corrected, as networks change the spectra of clouds. nodata: nothing. harmonized: as everywhere. Clouds, shadows and cirrus are those of QA_PIXEL, grown.</source>
            <translation>original: los píxeles de Landsat, ampliados y corregidos, porque las redes cambian el espectro de las nubes. nodata: nada. harmonized: como en todas partes. Nubes, sombras y cirros son los de QA_PIXEL, ampliados.</translation>
        </message>
    </context>
    <context>
        <name>IndexProfile</name>
        <message>
            <source>, {} m around it</source>
            <translation>, {} m alrededor</translation>
        </message>
        <message>
            <source>A band by its name, or by its colour: blue, green, red, nir, swir1, swir2. Only for own.</source>
            <translation>Una banda por su nombre, o por su color: blue, green, red, nir, swir1, swir2. Solo para own.</translation>
        </message>
        <message>
            <source>A dot for each clear date in the colour of its sensor. SVG can be enlarged and edited.</source>
            <translation>Un punto por cada fecha despejada, en el color de su sensor. Un SVG puede ampliarse y editarse.</translation>
        </message>
        <message>
            <source>A line for each date: date, sensor, index, reflectances of the two bands, clear pixels.</source>
            <translation>Una línea por cada fecha: fecha, sensor, índice, reflectancias de las dos bandas, píxeles despejados.</translation>
        </message>
        <message>
            <source>A normalised difference (a - b) / (a + b). NDVI: near infrared and red. NDWI: green and near infrared. NDWI1, NDWI2: near infrared and the first or second short-wave infrared. own: two bands of your choice.</source>
            <translation>Una diferencia normalizada (a - b) / (a + b). NDVI: infrarrojo cercano y rojo. NDWI: verde e infrarrojo cercano. NDWI1, NDWI2: infrarrojo cercano y primer o segundo infrarrojo de onda corta. own: dos bandas a su elección.</translation>
        </message>
        <message>
            <source>Clear dates</source>
            <translation>Fechas despejadas</translation>
        </message>
        <message>
            <source>Dates of which fewer pixels of the square are clear have no value.</source>
            <translation>Las fechas con menos píxeles despejados en el cuadrado no tienen valor.</translation>
        </message>
        <message>
            <source>First band of an own index</source>
            <translation>Primera banda de un índice propio</translation>
        </message>
        <message>
            <source>Half side of the square (metres)</source>
            <translation>Medio lado del cuadrado (metros)</translation>
        </message>
        <message>
            <source>Index</source>
            <translation>Índice</translation>
        </message>
        <message>
            <source>Index profile at a point</source>
            <translation>Perfil de un índice en un punto</translation>
        </message>
        <message>
            <source>Largest value of the index</source>
            <translation>Mayor valor del índice</translation>
        </message>
        <message>
            <source>Least share of clear pixels (percent)</source>
            <translation>Parte mínima de píxeles despejados (por ciento)</translation>
        </message>
        <message>
            <source>Mean of the index</source>
            <translation>Media del índice</translation>
        </message>
        <message>
            <source>Plot</source>
            <translation>Gráfico</translation>
        </message>
        <message>
            <source>Point</source>
            <translation>Punto</translation>
        </message>
        <message>
            <source>Second band of an own index</source>
            <translation>Segunda banda de un índice propio</translation>
        </message>
        <message>
            <source>Smallest value of the index</source>
            <translation>Menor valor del índice</translation>
        </message>
        <message>
            <source>Table</source>
            <translation>Tabla</translation>
        </message>
        <message>
            <source>The index is averaged over the clear pixels whose centres lie in this square around the point; 0 takes the pixel under the point alone.</source>
            <translation>El índice se promedia sobre los píxeles despejados cuyo centro está en este cuadrado alrededor del punto; 0 toma solo el píxel bajo el punto.</translation>
        </message>
        <message>
            <source>Time series</source>
            <translation>Serie temporal</translation>
        </message>
        <message>
            <source>Where, in any coordinate reference system. The rasters need not be on one grid.</source>
            <translation>Dónde, en cualquier sistema de coordenadas. No hace falta que los rásteres estén en una misma cuadrícula.</translation>
        </message>
        <message>
            <source>Writes the course of NDVI or another index at a point as a table and a plot.</source>
            <translation>Escribe la evolución del NDVI u otro índice en un punto, como tabla y gráfico.</translation>
        </message>
        <message>
            <source>at {}, {}{}</source>
            <translation>en {}, {}{}</translation>
        </message>
        <message>
            <source>ndvi,ndwi,index,profile,point,time series,phenology,plot,curve,normalised difference</source>
            <translation>ndvi,ndwi,índice,perfil,punto,serie temporal,fenología,gráfico,curva,diferencia normalizada</translation>
        </message>
        <message>
            <source>{} of {} dates are clear at this point.</source>
            <translation>{} de {} fechas están despejadas en este punto.</translation>
        </message>
    </context>
    <context>
        <name>InputWords</name>
        <message>
            <source>Layer from a server</source>
            <translation>Capa de un servidor</translation>
        </message>
        <message>
            <source>On the web, not fetched yet</source>
            <translation>En la web, aún sin descargar</translation>
        </message>
        <message>
            <source>Raster, {}</source>
            <translation>Ráster, {}</translation>
        </message>
        <message>
            <source>{} m</source>
            <translation>{} m</translation>
        </message>
        <message>
            <source>{} m: {}</source>
            <translation>{} m: {}</translation>
        </message>
    </context>
    <context>
        <name>InputsView</name>
        <message>
            <source>Adds a raster layer of the project; parts of a product stand for all of it.</source>
            <translation>Añade una capa ráster del proyecto; una parte de un producto vale por todo él.</translation>
        </message>
        <message>
            <source>Cannot be read</source>
            <translation>No se puede leer</translation>
        </message>
        <message>
            <source>Choose a loaded layer…</source>
            <translation>Elegir una capa cargada…</translation>
        </message>
        <message>
            <source>Drop a product here: .SAFE, .zip, .tar, MTL, .hdf – or choose a loaded layer above.</source>
            <translation>Suelte un producto aquí: .SAFE, .zip, .tar, MTL, .hdf – o elija arriba una capa cargada.</translation>
        </message>
        <message>
            <source>Move down</source>
            <translation>Bajar</translation>
        </message>
        <message>
            <source>Move up</source>
            <translation>Subir</translation>
        </message>
        <message>
            <source>Recognising {}</source>
            <translation>Reconociendo {}</translation>
        </message>
        <message>
            <source>Recognising…</source>
            <translation>Reconociendo…</translation>
        </message>
        <message>
            <source>Take off the list</source>
            <translation>Quitar de la lista</translation>
        </message>
    </context>
    <context>
        <name>InstallModel</name>
        <message>
            <source>Checks a model from a file, a folder, a zip archive or an address and installs it.</source>
            <translation>Comprueba un modelo de un archivo, una carpeta, un archivo zip o una dirección y lo instala.</translation>
        </message>
        <message>
            <source>Id of the model, for MODEL</source>
            <translation>Identificador del modelo, para MODEL</translation>
        </message>
        <message>
            <source>Install model</source>
            <translation>Instalar modelo</translation>
        </message>
        <message>
            <source>Installed {} ({}) in {}: {} MB, licence {}, sensor {}, scale factor {}.</source>
            <translation>Instalado {} ({}) en {}: {} MB, licencia {}, sensor {}, factor de escala {}.</translation>
        </message>
        <message>
            <source>Licence of the model</source>
            <translation>Licencia del modelo</translation>
        </message>
        <message>
            <source>No algorithm reads products of the sensor {}, so no list offers this model.</source>
            <translation>Ningún algoritmo lee productos del sensor {}, así que ninguna lista ofrece este modelo.</translation>
        </message>
        <message>
            <source>ONNX Runtime is not installed, so whether it can load the model is not tried.</source>
            <translation>ONNX Runtime no está instalado, así que no se prueba si puede cargar el modelo.</translation>
        </message>
        <message>
            <source>Path of the installed card</source>
            <translation>Ruta de la ficha instalada</translation>
        </message>
        <message>
            <source>SHA-256 of the file: {}</source>
            <translation>SHA-256 del archivo: {}</translation>
        </message>
        <message>
            <source>SHA-256 of the installed ONNX file</source>
            <translation>SHA-256 del archivo ONNX instalado</translation>
        </message>
        <message>
            <source>SHA256 must be 64 hexadecimal digits, not {}.</source>
            <translation>SHA256 debe tener 64 cifras hexadecimales, no {}.</translation>
        </message>
        <message>
            <source>The file was downloaded, but not installed: nobody vouches for it. Its SHA-256 is {}. Compare it with the one that its publisher gives, then run again with SHA256 set to it, or with CONFIRM. It is not downloaded again.</source>
            <translation>El archivo se descargó, pero no se instaló: nadie responde de él. Su SHA-256 es {}. Compárelo con el que da su editor y ejecute de nuevo con ese SHA256, o con CONFIRM. No se descarga otra vez.</translation>
        </message>
        <message>
            <source>model,onnx,card,network,weights,download,add,zip,url</source>
            <translation>modelo,onnx,ficha,red,pesos,descargar,añadir,zip,url</translation>
        </message>
        <message>
            <source>{} does not exist. Check the path of the model.</source>
            <translation>{} no existe. Compruebe la ruta del modelo.</translation>
        </message>
    </context>
    <context>
        <name>InstallParameters</name>
        <message>
            <source>A card (.json) with its ONNX file beside it, an ONNX file with its card beside it, a folder or a .zip archive that holds one model, or the https address of such a file, typed or pasted.</source>
            <translation>Una ficha (.json) con su archivo ONNX al lado, un archivo ONNX con su ficha al lado, una carpeta o un archivo .zip con un solo modelo, o la dirección https de un archivo así, escrita o pegada.</translation>
        </message>
        <message>
            <source>All files</source>
            <translation>Todos los archivos</translation>
        </message>
        <message>
            <source>Digest of the archive, else of the ONNX file, as its publisher gives it: 64 hexadecimal digits. Another file is refused. It may be left out for files that are on this computer.</source>
            <translation>Resumen del archivo comprimido, o del archivo ONNX, como lo da su editor: 64 cifras hexadecimales. Otro archivo se rechaza. Puede omitirse para archivos de este equipo.</translation>
        </message>
        <message>
            <source>Downloads, archives and models that are larger, packed or unpacked, are refused.</source>
            <translation>Se rechazan descargas, archivos y modelos mayores, comprimidos o no.</translation>
        </message>
        <message>
            <source>Install from an address without a digest</source>
            <translation>Instalar desde una dirección sin resumen</translation>
        </message>
        <message>
            <source>Largest size in megabytes</source>
            <translation>Tamaño máximo en megabytes</translation>
        </message>
        <message>
            <source>Model: file, folder, zip archive or address</source>
            <translation>Modelo: archivo, carpeta, archivo zip o dirección</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modelos</translation>
        </message>
        <message>
            <source>Replace an installed model of the same id</source>
            <translation>Reemplazar un modelo instalado del mismo identificador</translation>
        </message>
        <message>
            <source>SHA-256 of the file</source>
            <translation>SHA-256 del archivo</translation>
        </message>
        <message>
            <source>Without it and without a digest, a model from an address is only downloaded, and the log shows its digest for you to compare. Run again with this set if you trust the publisher.</source>
            <translation>Sin ello y sin resumen, un modelo de una dirección solo se descarga, y el registro muestra su resumen para que lo compare. Ejecute de nuevo con esto activado si confía en el editor.</translation>
        </message>
        <message>
            <source>Without it, a model whose id is taken is refused. Bundled models are never replaced.</source>
            <translation>Sin ello se rechaza un modelo cuyo identificador está ocupado. Los modelos incluidos nunca se reemplazan.</translation>
        </message>
    </context>
    <context>
        <name>LayerExport</name>
        <message>
            <source>The extent lies outside {}. Choose an extent on it.</source>
            <translation>La extensión está fuera de {}. Elija una extensión que esté en ella.</translation>
        </message>
        <message>
            <source>The extent on {} has {} x {} pixels, more than {} million. Choose a smaller one.</source>
            <translation>La extensión en {} tiene {} x {} píxeles, más de {} millones. Elija una menor.</translation>
        </message>
        <message>
            <source>no reason given</source>
            <translation>sin motivo indicado</translation>
        </message>
        <message>
            <source>{} cannot be exported ({}). Check the layer.</source>
            <translation>{} no se puede exportar ({}). Compruebe la capa.</translation>
        </message>
        <message>
            <source>{} has no pixels of its own. Choose a MODEL, whose GSD it is then drawn at.</source>
            <translation>{} no tiene píxeles propios. Elija un MODEL, a cuya GSD se dibuja.</translation>
        </message>
        <message>
            <source>{} is no file. Choose an EXTENT to export it for.</source>
            <translation>{} no es un archivo. Elija una EXTENT para exportarlo.</translation>
        </message>
    </context>
    <context>
        <name>LayerLocator</name>
        <message>
            <source>SatSharp: super-resolve a layer</source>
            <translation>SatSharp: superresolución de una capa</translation>
        </message>
        <message>
            <source>Super-resolve {}</source>
            <translation>Superresolución de {}</translation>
        </message>
    </context>
    <context>
        <name>LayerMenu</name>
        <message>
            <source>Super-resolve…</source>
            <translation>Superresolución…</translation>
        </message>
        <message>
            <source>Takes this layer as the input of the SatSharp panel</source>
            <translation>Toma esta capa como entrada del panel de SatSharp</translation>
        </message>
    </context>
    <context>
        <name>ListModels</name>
        <message>
            <source>A page to read (.html), or the same for programs (.json), by the suffix of the name.</source>
            <translation>Una página para leer (.html), o lo mismo para programas (.json), según el sufijo del nombre.</translation>
        </message>
        <message>
            <source>Address</source>
            <translation>Dirección</translation>
        </message>
        <message>
            <source>Adds the catalogue: addresses, licences and digests of models of other projects, which you can fetch and convert. With an address of a further catalogue in the settings, that is fetched, too.</source>
            <translation>Añade el catálogo: direcciones, licencias y resúmenes de modelos de otros proyectos, que puede descargar y convertir. Si la configuración tiene la dirección de otro catálogo, también se descarga.</translation>
        </message>
        <message>
            <source>Also list models that others published</source>
            <translation>Listar también los modelos publicados por otros</translation>
        </message>
        <message>
            <source>Bands</source>
            <translation>Bandas</translation>
        </message>
        <message>
            <source>Experimental</source>
            <translation>Experimental</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>Carpeta</translation>
        </message>
        <message>
            <source>GSD</source>
            <translation>GSD</translation>
        </message>
        <message>
            <source>How to get it</source>
            <translation>Cómo conseguirlo</translation>
        </message>
        <message>
            <source>Id</source>
            <translation>Identificador</translation>
        </message>
        <message>
            <source>Ids of the installed models</source>
            <translation>Identificadores de los modelos instalados</translation>
        </message>
        <message>
            <source>Installed</source>
            <translation>Instalados</translation>
        </message>
        <message>
            <source>Licence</source>
            <translation>Licencia</translation>
        </message>
        <message>
            <source>List models</source>
            <translation>Listar modelos</translation>
        </message>
        <message>
            <source>List of models</source>
            <translation>Lista de modelos</translation>
        </message>
        <message>
            <source>Lists the installed models with licence and figures, and models that others published.</source>
            <translation>Lista los modelos instalados con licencia y cifras, y modelos publicados por otros.</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modelos</translation>
        </message>
        <message>
            <source>Name</source>
            <translation>Nombre</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>Nota</translation>
        </message>
        <message>
            <source>Number of installed models</source>
            <translation>Número de modelos instalados</translation>
        </message>
        <message>
            <source>Origin</source>
            <translation>Origen</translation>
        </message>
        <message>
            <source>Page</source>
            <translation>Página</translation>
        </message>
        <message>
            <source>Published by others, not by SatSharp</source>
            <translation>Publicados por otros, no por SatSharp</translation>
        </message>
        <message>
            <source>Publisher</source>
            <translation>Editor</translation>
        </message>
        <message>
            <source>RMSE / bicubic</source>
            <translation>RMSE / bicúbica</translation>
        </message>
        <message>
            <source>Scale factor</source>
            <translation>Factor de escala</translation>
        </message>
        <message>
            <source>Sensor</source>
            <translation>Sensor</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Tamaño</translation>
        </message>
        <message>
            <source>model,onnx,catalogue,licence,report</source>
            <translation>modelo,onnx,catálogo,licencia,informe</translation>
        </message>
        <message>
            <source>{} is experimental: {}</source>
            <translation>{} es experimental: {}</translation>
        </message>
    </context>
    <context>
        <name>LookAhead</name>
        <message>
            <source>Look at the scene: {}</source>
            <translation>Examen de la escena: {}</translation>
        </message>
    </context>
    <context>
        <name>MainLayout</name>
        <message>
            <source>1. Input</source>
            <translation>1. Entrada</translation>
        </message>
        <message>
            <source>2. What to do</source>
            <translation>2. Qué hacer</translation>
        </message>
        <message>
            <source>3. Where</source>
            <translation>3. Dónde</translation>
        </message>
        <message>
            <source>4. Preview</source>
            <translation>4. Vista previa</translation>
        </message>
        <message>
            <source>All parameters: opens the algorithm’s own dialog, filled with what is chosen here</source>
            <translation>Todos los parámetros: abre el diálogo del algoritmo, rellenado con lo elegido aquí</translation>
        </message>
        <message>
            <source>Chosen in Settings &gt; Options &gt; SatSharp.</source>
            <translation>Elegido en Configuración &gt; Opciones &gt; SatSharp.</translation>
        </message>
        <message>
            <source>From one tile that was tried on this device, or from earlier runs; memory beside that of QGIS.</source>
            <translation>Según una tesela probada en este dispositivo, o procesos anteriores; memoria además de la de QGIS.</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modelos</translation>
        </message>
        <message>
            <source>Models: installed and available</source>
            <translation>Modelos: instalados y disponibles</translation>
        </message>
        <message>
            <source>Options of SatSharp</source>
            <translation>Opciones de SatSharp</translation>
        </message>
        <message>
            <source>Run</source>
            <translation>Ejecutar</translation>
        </message>
    </context>
    <context>
        <name>MainPage</name>
        <message>
            <source>A layer from a server needs a part: choose it under Where.</source>
            <translation>Una capa de un servidor necesita una parte: elíjala en Dónde.</translation>
        </message>
        <message>
            <source>Add an input first.</source>
            <translation>Añada primero una entrada.</translation>
        </message>
        <message>
            <source>Looking for models that fit</source>
            <translation>Buscando modelos adecuados</translation>
        </message>
        <message>
            <source>Looking for models that fit…</source>
            <translation>Buscando modelos adecuados…</translation>
        </message>
        <message>
            <source>No installed model fits this input. Install one that takes its bands.</source>
            <translation>Ningún modelo instalado se ajusta a esta entrada. Instale uno que tome sus bandas.</translation>
        </message>
        <message>
            <source>Nothing can be done with an input that cannot be read.</source>
            <translation>No se puede hacer nada con una entrada ilegible.</translation>
        </message>
        <message>
            <source>Planning</source>
            <translation>Planificando</translation>
        </message>
        <message>
            <source>Recognising the input…</source>
            <translation>Reconociendo la entrada…</translation>
        </message>
        <message>
            <source>Runs in the background; the panel stays free for the next input.</source>
            <translation>Se ejecuta en segundo plano; el panel queda libre para la siguiente entrada.</translation>
        </message>
        <message>
            <source>SatSharp</source>
            <translation>SatSharp</translation>
        </message>
        <message>
            <source>Trying one tile</source>
            <translation>Probando una tesela</translation>
        </message>
    </context>
    <context>
        <name>MeasuredLayers</name>
        <message>
            <source>{} is no file. Export it to a GeoTIFF first (Export &gt; Save As).</source>
            <translation>{} no es un archivo. Expórtelo primero a GeoTIFF (Exportar &gt; Guardar como).</translation>
        </message>
    </context>
    <context>
        <name>ModelAlgorithm</name>
        <message>
            <source>Models</source>
            <translation>Modelos</translation>
        </message>
    </context>
    <context>
        <name>ModelWords</name>
        <message>
            <source>By</source>
            <translation>Por</translation>
        </message>
        <message>
            <source>Convert it with SatSharp’s tools, outside of QGIS, on a computer with PyTorch:</source>
            <translation>Conviértalo con las herramientas de SatSharp, fuera de QGIS, en un equipo con PyTorch:</translation>
        </message>
        <message>
            <source>Experimental: {}</source>
            <translation>Experimental: {}</translation>
        </message>
        <message>
            <source>File</source>
            <translation>Archivo</translation>
        </message>
        <message>
            <source>Get the file of the model: ONNX, Keras, PyTorch or safetensors.</source>
            <translation>Consiga el archivo del modelo: ONNX, Keras, PyTorch o safetensors.</translation>
        </message>
        <message>
            <source>Install the card and the ONNX file that this writes, with the button Install.</source>
            <translation>Instale la ficha y el archivo ONNX así escritos, con el botón Instalar.</translation>
        </message>
        <message>
            <source>It can be installed as it is.</source>
            <translation>Se puede instalar tal cual.</translation>
        </message>
        <message>
            <source>It has to be converted outside of QGIS, on a computer with PyTorch, then installed:</source>
            <translation>Hay que convertirlo fuera de QGIS, en un equipo con PyTorch, y luego instalarlo:</translation>
        </message>
        <message>
            <source>It makes plausible detail up: do not measure small things in its results.</source>
            <translation>Inventa detalles verosímiles: no mida objetos pequeños en sus resultados.</translation>
        </message>
        <message>
            <source>Licence</source>
            <translation>Licencia</translation>
        </message>
        <message>
            <source>Made for</source>
            <translation>Hecho para</translation>
        </message>
        <message>
            <source>Models of other frameworks</source>
            <translation>Modelos de otros entornos</translation>
        </message>
        <message>
            <source>Note</source>
            <translation>Nota</translation>
        </message>
        <message>
            <source>Publisher</source>
            <translation>Editor</translation>
        </message>
        <message>
            <source>Scale factor</source>
            <translation>Factor de escala</translation>
        </message>
        <message>
            <source>Size</source>
            <translation>Tamaño</translation>
        </message>
        <message>
            <source>Speed here</source>
            <translation>Velocidad aquí</translation>
        </message>
        <message>
            <source>Such files are programs as much as data: QGIS must not run them. Converting checks them, compares the results and writes a card.</source>
            <translation>Esos archivos son tanto programas como datos: QGIS no debe ejecutarlos. La conversión los comprueba, compara los resultados y escribe una ficha.</translation>
        </message>
        <message>
            <source>not stated</source>
            <translation>no indicado</translation>
        </message>
        <message>
            <source>{} MB</source>
            <translation>{} MB</translation>
        </message>
    </context>
    <context>
        <name>ModelsEntry</name>
        <message>
            <source>Add models for indices to the toolbox</source>
            <translation>Añadir modelos de índices a la caja de herramientas</translation>
        </message>
        <message>
            <source>Models that sharpen a Sentinel-2 product and compute an index at 10 m</source>
            <translation>Modelos que afinan un producto Sentinel-2 y calculan un índice a 10 m</translation>
        </message>
        <message>
            <source>The models are in the Processing toolbox already, under Models.</source>
            <translation>Los modelos ya están en la caja de herramientas de Procesos, en Modelos.</translation>
        </message>
        <message>
            <source>{} models were added to the Processing toolbox, under Models.</source>
            <translation>Se añadieron {} modelos a la caja de herramientas de Procesos, en Modelos.</translation>
        </message>
    </context>
    <context>
        <name>ModelsList</name>
        <message>
            <source>Installed ({})</source>
            <translation>Instalados ({})</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modelos</translation>
        </message>
        <message>
            <source>Published by others ({})</source>
            <translation>Publicados por otros ({})</translation>
        </message>
        <message>
            <source>bundled</source>
            <translation>incluido</translation>
        </message>
        <message>
            <source>your own</source>
            <translation>propio</translation>
        </message>
    </context>
    <context>
        <name>ModelsTools</name>
        <message>
            <source>Address of a .zip, .json or .onnx file; press Enter to install it</source>
            <translation>Dirección de un archivo .zip, .json u .onnx; Intro lo instala</translation>
        </message>
        <message>
            <source>Address of a model</source>
            <translation>Dirección de un modelo</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Cancelar</translation>
        </message>
        <message>
            <source>From a file…</source>
            <translation>Desde un archivo…</translation>
        </message>
        <message>
            <source>From an address…</source>
            <translation>Desde una dirección…</translation>
        </message>
        <message>
            <source>From another framework…</source>
            <translation>Desde otro entorno…</translation>
        </message>
        <message>
            <source>Install</source>
            <translation>Instalar</translation>
        </message>
        <message>
            <source>Install a model</source>
            <translation>Instalar un modelo</translation>
        </message>
        <message>
            <source>Measure</source>
            <translation>Medir</translation>
        </message>
        <message>
            <source>Measure how fast this model is on this machine</source>
            <translation>Medir la velocidad de este modelo en este equipo</translation>
        </message>
        <message>
            <source>Models</source>
            <translation>Modelos</translation>
        </message>
        <message>
            <source>Progress</source>
            <translation>Progreso</translation>
        </message>
        <message>
            <source>Remove this model of your own</source>
            <translation>Quitar este modelo propio</translation>
        </message>
    </context>
    <context>
        <name>ModelsView</name>
        <message>
            <source>Install it all the same</source>
            <translation>Instalarlo de todos modos</translation>
        </message>
        <message>
            <source>Installing {}…</source>
            <translation>Instalando {}…</translation>
        </message>
        <message>
            <source>Measured; times in the panel are estimated with it.</source>
            <translation>Medido; los tiempos del panel se estiman con ello.</translation>
        </message>
        <message>
            <source>Measuring {}</source>
            <translation>Midiendo {}</translation>
        </message>
        <message>
            <source>Reading models</source>
            <translation>Leyendo modelos</translation>
        </message>
        <message>
            <source>Removed.</source>
            <translation>Quitado.</translation>
        </message>
        <message>
            <source>Removing {}…</source>
            <translation>Quitando {}…</translation>
        </message>
        <message>
            <source>Replace the installed one</source>
            <translation>Reemplazar el instalado</translation>
        </message>
        <message>
            <source>Search models</source>
            <translation>Buscar modelos</translation>
        </message>
        <message>
            <source>Trying {} on one tile…</source>
            <translation>Probando {} en una tesela…</translation>
        </message>
        <message>
            <source>What is known of the model</source>
            <translation>Lo que se sabe del modelo</translation>
        </message>
        <message>
            <source>{} is installed.</source>
            <translation>{} está instalado.</translation>
        </message>
    </context>
    <context>
        <name>NormalizeBrdf</name>
        <message>
            <source>Normalise BRDF</source>
            <translation>Normalizar BRDF</translation>
        </message>
        <message>
            <source>Normalised bands</source>
            <translation>Bandas normalizadas</translation>
        </message>
        <message>
            <source>Reflectance of {} normalised to a view from the zenith.</source>
            <translation>Reflectancia de {} normalizada a una vista desde el cenit.</translation>
        </message>
        <message>
            <source>Removes the effect of the view angle: nadir BRDF-adjusted reflectance (NBAR) as in HLS.</source>
            <translation>Quita el efecto del ángulo de vista: reflectancia NBAR (nadir, ajustada por BRDF) como en HLS.</translation>
        </message>
        <message>
            <source>Weights of the BRDF kernels to use instead of those of Roy et al.</source>
            <translation>Pesos de los núcleos BRDF, en lugar de los de Roy et al.</translation>
        </message>
        <message>
            <source>harmonization,hls,nbar,brdf,c-factor,nadir,view angle,sun,sentinel-2,landsat,roy</source>
            <translation>armonización,hls,nbar,brdf,factor c,nadir,ángulo de vista,sol,sentinel-2,landsat,roy</translation>
        </message>
        <message>
            <source>{} cannot be {}. Give 0 to {:g} degrees, or -1 for that of HLS.</source>
            <translation>{} no puede ser {}. Dé de 0 a {:g} grados, o -1 para el de HLS.</translation>
        </message>
        <message>
            <source>{} is a raster, which has no angles. Choose the product that it was made from as ANGLES.</source>
            <translation>{} es un ráster, que no tiene ángulos. Elija como ANGLES el producto del que procede.</translation>
        </message>
    </context>
    <context>
        <name>Offers</name>
        <message>
            <source>Enlarge or sharpen</source>
            <translation>Ampliar o afinar</translation>
        </message>
        <message>
            <source>Harmonize by interpolation, 10 m</source>
            <translation>Armonizar por interpolación, 10 m</translation>
        </message>
        <message>
            <source>Harmonize by pan-sharpening, 10 m</source>
            <translation>Armonizar por pansharpening, 10 m</translation>
        </message>
        <message>
            <source>Harmonize to Sentinel-2, 10 m</source>
            <translation>Armonizar con Sentinel-2, 10 m</translation>
        </message>
        <message>
            <source>Sharpen all bands</source>
            <translation>Afinar todas las bandas</translation>
        </message>
        <message>
            <source>Sharpen all bands to {}</source>
            <translation>Afinar todas las bandas a {}</translation>
        </message>
        <message>
            <source>Sharpen the {} bands to {}</source>
            <translation>Afinar las bandas de {} a {}</translation>
        </message>
        <message>
            <source>Sharpen with a finer raster</source>
            <translation>Afinar con un ráster más fino</translation>
        </message>
        <message>
            <source>{}: {} times finer</source>
            <translation>{}: {} veces más fino</translation>
        </message>
    </context>
    <context>
        <name>OutputParameters</name>
        <message>
            <source>Bounds of the sharpened bands</source>
            <translation>Límites de las bandas afinadas</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>Archivos</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>Formato</translation>
        </message>
        <message>
            <source>GeoTIFF is written tile by tile. COG (Cloud Optimized GeoTIFF) is a GeoTIFF ordered for reading over the web; it takes a further pass and twice the disk space while it is made.</source>
            <translation>Un GeoTIFF se escribe tesela a tesela. Un COG (Cloud Optimized GeoTIFF) es un GeoTIFF ordenado para leerlo por la web; necesita otra pasada y el doble de espacio en disco mientras se hace.</translation>
        </message>
        <message>
            <source>GeoTIFF with all bands on the finest grid, in the digital numbers of the input. It appears under its name only when it is complete.</source>
            <translation>GeoTIFF con todas las bandas en la cuadrícula más fina, en los niveles digitales de la entrada. Aparece con su nombre solo cuando está completo.</translation>
        </message>
        <message>
            <source>GeoTIFF with two bands for each sharpened one: the bounds between which the truth lies with the probability that the model was calibrated for, such as 90 %, in the digital numbers of the input. It needs models with a calibrated interval and does not change a digit of the other output.</source>
            <translation>GeoTIFF con dos bandas por cada banda afinada: los límites entre los que está la verdad con la probabilidad para la que se calibró el modelo, como 90 %, en los niveles digitales de la entrada. Necesita modelos con un intervalo calibrado y no cambia ni una cifra de la otra salida.</translation>
        </message>
        <message>
            <source>Super-resolved bands</source>
            <translation>Bandas en superresolución</translation>
        </message>
        <message>
            <source>Values</source>
            <translation>Valores</translation>
        </message>
        <message>
            <source>With a name that ends in .vrt the GeoTIFF lies beside a VRT of that name, for other programs.</source>
            <translation>Con un nombre que termina en .vrt, el GeoTIFF está junto a un VRT de ese nombre, para otros programas.</translation>
        </message>
        <message>
            <source>digital numbers: as the product stores them, with scale and offset in the file. reflectance: floating-point numbers with NaN as nodata, without scale and offset; saturated pixels become nodata.</source>
            <translation>digital numbers: como los guarda el producto, con escala y desplazamiento en el archivo. reflectance: números de coma flotante con NaN como sin datos, sin escala ni desplazamiento; los píxeles saturados quedan sin datos.</translation>
        </message>
        <message>
            <source>one file holds all bands. one file a band: each band is written to NAME_BAND.tif beside the output, which is then NAME.vrt, a small file that joins them, so that QGIS and other programs open all bands as one raster. The values are the same.</source>
            <translation>one file contiene todas las bandas. one file a band: cada banda se escribe en NAME_BAND.tif junto a la salida, que es entonces NAME.vrt, un archivo pequeño que las une, para que QGIS y otros programas abran todas las bandas como un ráster. Los valores son los mismos.</translation>
        </message>
    </context>
    <context>
        <name>OutputView</name>
        <message>
            <source>A second layer with the bounds between which the truth lies, as the model was calibrated.</source>
            <translation>Una segunda capa con los límites entre los que está la verdad, según la calibración del modelo.</translation>
        </message>
        <message>
            <source>Also show doubt</source>
            <translation>Mostrar también la duda</translation>
        </message>
        <message>
            <source>GeoTIFF (*.tif);;Virtual raster (*.vrt)</source>
            <translation>GeoTIFF (*.tif);;Ráster virtual (*.vrt)</translation>
        </message>
        <message>
            <source>GeoTIFF of the result. A temporary file is gone with QGIS, and its run cannot be resumed later.</source>
            <translation>GeoTIFF del resultado. Un archivo temporal desaparece con QGIS, y su proceso no puede reanudarse después.</translation>
        </message>
        <message>
            <source>Save the result</source>
            <translation>Guardar el resultado</translation>
        </message>
        <message>
            <source>Save to a temporary file</source>
            <translation>Guardar en un archivo temporal</translation>
        </message>
        <message>
            <source>Save to a temporary folder</source>
            <translation>Guardar en una carpeta temporal</translation>
        </message>
        <message>
            <source>Table (*.csv)</source>
            <translation>Tabla (*.csv)</translation>
        </message>
    </context>
    <context>
        <name>Parameters</name>
        <message>
            <source>Also write the bands that are fine already</source>
            <translation>Escribir también las bandas que ya son finas</translation>
        </message>
        <message>
            <source>Bands to sharpen</source>
            <translation>Bandas que se afinan</translation>
        </message>
        <message>
            <source>Before the run, network and bicubic interpolation are compared on a few windows of this scene at reduced scale, where the truth is known. fall back: a band that the network makes clearly worse is interpolated instead, with a warning. warn: the network is used all the same. off: no comparison.</source>
            <translation>Antes del proceso, la red y la interpolación bicúbica se comparan en unas ventanas de esta escena a escala reducida, donde se conoce la verdad. fall back: una banda que la red empeora claramente se interpola, con un aviso. warn: la red se usa de todos modos. off: sin comparación.</translation>
        </message>
        <message>
            <source>Continue an interrupted run</source>
            <translation>Continuar un proceso interrumpido</translation>
        </message>
        <message>
            <source>Copies the bands of the finest grid unchanged into the output, so that one file holds all bands. Without it the output has the sharpened bands only.</source>
            <translation>Copia sin cambios las bandas de la cuadrícula más fina en la salida, para que un archivo tenga todas las bandas. Sin ello la salida tiene solo las bandas afinadas.</translation>
        </message>
        <message>
            <source>Corrects each sharpened band so that, degraded by the sensor's point spread to its own grid, it returns the band of the product to within its noise. Point spread and noise are measured on a few windows of the scene; the log tells them.</source>
            <translation>Corrige cada banda afinada de modo que, degradada por la dispersión del sensor a su propia cuadrícula, devuelva la banda del producto salvo su ruido. La dispersión y el ruido se miden en unas ventanas de la escena; el registro los dice.</translation>
        </message>
        <message>
            <source>Device</source>
            <translation>Dispositivo</translation>
        </message>
        <message>
            <source>Extent (default: whole product)</source>
            <translation>Extensión (por omisión: todo el producto)</translation>
        </message>
        <message>
            <source>Groups of bands to sharpen, named by their ground sampling distance in the product.</source>
            <translation>Grupos de bandas que se afinan, llamados por su distancia de muestreo del suelo en el producto.</translation>
        </message>
        <message>
            <source>Installed: {}.</source>
            <translation>Instalados: {}.</translation>
        </message>
        <message>
            <source>Keep the result consistent with the input</source>
            <translation>Mantener el resultado coherente con la entrada</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modelo</translation>
        </message>
        <message>
            <source>Neural network to use; auto takes the recommended one for each group of bands.</source>
            <translation>Red neuronal que se usa; auto toma la recomendada para cada grupo de bandas.</translation>
        </message>
        <message>
            <source>Part of the product to work on, in any coordinate reference system. It is snapped outward to the coarsest pixels; the result equals that part of a run on the whole product.</source>
            <translation>Parte del producto que se procesa, en cualquier sistema de coordenadas. Se amplía a los píxeles más gruesos; el resultado es igual a esa parte de un proceso de todo el producto.</translation>
        </message>
        <message>
            <source>Side of the tiles in pixels of the output: 0 (automatic) or at least 16. It changes speed and memory, never the result; choose a smaller one where the device runs out of memory.</source>
            <translation>Lado de las teselas en píxeles de la salida: 0 (automático) o al menos 16. Cambia la velocidad y la memoria, nunca el resultado; elija uno menor si el dispositivo se queda sin memoria.</translation>
        </message>
        <message>
            <source>Tile size (0 = automatic)</source>
            <translation>Tamaño de las teselas (0 = automático)</translation>
        </message>
        <message>
            <source>Where an earlier run with the same input, model and parameters was killed, only what is missing is computed. Without it every run starts anew.</source>
            <translation>Si un proceso anterior con la misma entrada, modelo y parámetros se interrumpió, solo se calcula lo que falta. Sin ello cada proceso empieza de nuevo.</translation>
        </message>
        <message>
            <source>Where the network does not help</source>
            <translation>Donde la red no ayuda</translation>
        </message>
        <message>
            <source>Where the network runs. auto takes the device of the SatSharp options or else the fastest one there is; a device that is chosen here but cannot be used is an error, never a silent fallback.</source>
            <translation>Dónde se ejecuta la red. auto toma el dispositivo de las opciones de SatSharp o el más rápido que haya; un dispositivo elegido aquí que no se puede usar es un error, nunca un cambio silencioso.</translation>
        </message>
        <message>
            <source>none</source>
            <translation>ninguno</translation>
        </message>
        <message>
            <source>{} (experimental: {})</source>
            <translation>{} (experimental: {})</translation>
        </message>
    </context>
    <context>
        <name>PartialProducts</name>
        <message>
            <source>The panchromatic band is missing, as in every Level-2 product: it can be harmonized by interpolation, but not sharpened. For that, put the Level-1 product {} beside this one, then add it again.</source>
            <translation>Falta la banda pancromática, como en todo producto de nivel 2: se puede armonizar por interpolación, pero no afinar. Para ello, ponga el producto de nivel 1 {} junto a este y añádalo de nuevo.</translation>
        </message>
        <message>
            <source>of the same path, row and day</source>
            <translation>de la misma órbita, fila y fecha</translation>
        </message>
    </context>
    <context>
        <name>PlotFile</name>
        <message>
            <source>This QGIS has no Qt SVG module, so no PNG can be drawn. Choose a name that ends in .svg.</source>
            <translation>Este QGIS no tiene el módulo Qt SVG, así que no se puede dibujar un PNG. Elija un nombre que termine en .svg.</translation>
        </message>
    </context>
    <context>
        <name>PreviewControls</name>
        <message>
            <source>Band shown in blue</source>
            <translation>Banda mostrada en azul</translation>
        </message>
        <message>
            <source>Band shown in green</source>
            <translation>Banda mostrada en verde</translation>
        </message>
        <message>
            <source>Band shown in red</source>
            <translation>Banda mostrada en rojo</translation>
        </message>
        <message>
            <source>Input</source>
            <translation>Entrada</translation>
        </message>
        <message>
            <source>Moves the line between input and result</source>
            <translation>Mueve la línea entre entrada y resultado</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>Resultado</translation>
        </message>
        <message>
            <source>Shows both, with a line on the map that can be dragged</source>
            <translation>Muestra ambas, con una línea en el mapa que se puede arrastrar</translation>
        </message>
        <message>
            <source>Shows the bands as the full run will make them</source>
            <translation>Muestra las bandas como las hará el proceso completo</translation>
        </message>
        <message>
            <source>Shows the bands as they were measured</source>
            <translation>Muestra las bandas como se midieron</translation>
        </message>
        <message>
            <source>Stretch the colours to this place</source>
            <translation>Ajustar los colores a este lugar</translation>
        </message>
        <message>
            <source>Swipe</source>
            <translation>Deslizar</translation>
        </message>
        <message>
            <source>Zoom to the preview</source>
            <translation>Acercar a la vista previa</translation>
        </message>
    </context>
    <context>
        <name>PreviewRunner</name>
        <message>
            <source>Preview: {}</source>
            <translation>Vista previa: {}</translation>
        </message>
    </context>
    <context>
        <name>PreviewView</name>
        <message>
            <source>Choose an input first.</source>
            <translation>Elija primero una entrada.</translation>
        </message>
        <message>
            <source>Input</source>
            <translation>Entrada</translation>
        </message>
        <message>
            <source>Looking at this place…</source>
            <translation>Examinando este lugar…</translation>
        </message>
        <message>
            <source>Preview</source>
            <translation>Vista previa</translation>
        </message>
        <message>
            <source>Progress of the preview</source>
            <translation>Progreso de la vista previa</translation>
        </message>
        <message>
            <source>Result</source>
            <translation>Resultado</translation>
        </message>
        <message>
            <source>Shows the result around the centre of the map, and again whenever the map moves</source>
            <translation>Muestra el resultado alrededor del centro del mapa, y otra vez cuando el mapa se mueve</translation>
        </message>
        <message>
            <source>The preview is a small square on this map: zoom to it.</source>
            <translation>La vista previa es un cuadrado pequeño en este mapa: acérquese a ella.</translation>
        </message>
        <message>
            <source>The preview was stopped.</source>
            <translation>La vista previa se detuvo.</translation>
        </message>
        <message>
            <source>This has no preview.</source>
            <translation>Esto no tiene vista previa.</translation>
        </message>
        <message>
            <source>Tries the result where the map is, before you run it.</source>
            <translation>Prueba el resultado donde está el mapa, antes de ejecutarlo.</translation>
        </message>
        <message>
            <source>{} pixels, a first look; exact values follow…</source>
            <translation>{} píxeles, una primera vista; siguen los valores exactos…</translation>
        </message>
        <message>
            <source>{} pixels, with the values of the full run.</source>
            <translation>{} píxeles, con los valores del proceso completo.</translation>
        </message>
    </context>
    <context>
        <name>ProductLayers</name>
        <message>
            <source>All bands of {} on the {} grid, as reflectance.</source>
            <translation>Todas las bandas de {} en la cuadrícula de {}, como reflectancia.</translation>
        </message>
        <message>
            <source>All bands of {} on the {} grid, in the digital numbers of the input.</source>
            <translation>Todas las bandas de {} en la cuadrícula de {}, en los niveles digitales de la entrada.</translation>
        </message>
        <message>
            <source>Experimental ({}): {}</source>
            <translation>Experimental ({}): {}</translation>
        </message>
        <message>
            <source>Lower and upper bounds of the sharpened bands of {} on the {} grid.</source>
            <translation>Límites inferior y superior de las bandas afinadas de {} en la cuadrícula de {}.</translation>
        </message>
        <message>
            <source>Super-resolved by SatSharp with {} from {} ({}).</source>
            <translation>Superresolución de SatSharp con {} a partir de {} ({}).</translation>
        </message>
        <message>
            <source>{} as {}</source>
            <translation>{} como {}</translation>
        </message>
        <message>
            <source>{} {} bounds</source>
            <translation>{} {} límites</translation>
        </message>
        <message>
            <source>{}, harmonized to Sentinel-2 on the {} grid: reflectance x 10000.</source>
            <translation>{}, armonizado con Sentinel-2 en la cuadrícula de {}: reflectancia x 10000.</translation>
        </message>
        <message>
            <source>{}, harmonized to Sentinel-2 on the {} grid: reflectance.</source>
            <translation>{}, armonizado con Sentinel-2 en la cuadrícula de {}: reflectancia.</translation>
        </message>
    </context>
    <context>
        <name>ProductParameters</name>
        <message>
            <source>All files</source>
            <translation>Todos los archivos</translation>
        </message>
        <message>
            <source>CRS of the result (swaths only)</source>
            <translation>SRC del resultado (solo franjas)</translation>
        </message>
        <message>
            <source>Coordinate reference system in which the result of a swath (MOD09, VNP09) is laid on the map. By default it is Lambert's azimuthal equal-area projection around the swath's centre. Gridded products keep their sinusoidal grid; the log says so if a system is given.</source>
            <translation>Sistema de coordenadas en que el resultado de una franja (MOD09, VNP09) se pone en el mapa. Por omisión es la proyección acimutal equivalente de Lambert alrededor del centro de la franja. Los productos en cuadrícula conservan su cuadrícula sinusoidal; el registro lo dice si se da un sistema.</translation>
        </message>
        <message>
            <source>Or a web address: an archive (.zip, .tar, .tar.gz) is fetched once and kept in the cache of the SatSharp options; GeoTIFFs, several separated by a semicolon, are read where they lie.</source>
            <translation>O una dirección web: un archivo (.zip, .tar, .tar.gz) se descarga una vez y se guarda en la caché de las opciones de SatSharp; los GeoTIFF, varios separados por punto y coma, se leen donde están.</translation>
        </message>
        <message>
            <source>Products</source>
            <translation>Productos</translation>
        </message>
        <message>
            <source>The product: a raster whose band descriptions name the bands, or single-band files named by their bands, in a folder or separated by semicolons.</source>
            <translation>El producto: un ráster cuyas descripciones de banda nombran las bandas, o archivos de una banda con su nombre, en una carpeta o separados por punto y coma.</translation>
        </message>
        <message>
            <source>The product: its file (.h5 or .hdf) or the folder that holds it. A swath (VNP09) needs its geolocation file (VNP03IMG, or VNP03MOD): beside it, or separated from it by a semicolon. A tile (VNP09GA) needs no other file. VJ109 and VJ209 likewise.</source>
            <translation>El producto: su archivo (.h5 o .hdf) o la carpeta que lo contiene. Una franja (VNP09) necesita su archivo de geolocalización (VNP03IMG o VNP03MOD): al lado, o separado por punto y coma. Una tesela (VNP09GA) no necesita otro archivo. Lo mismo VJ109 y VJ209.</translation>
        </message>
        <message>
            <source>The product: its file (.hdf) or the folder that holds it. MOD09GA needs MOD09GQ of the same tile and day, MOD09A1 needs MOD09Q1: beside it, or separated from it by a semicolon. A swath (MOD09) needs no other file. MYD09 likewise.</source>
            <translation>El producto: su archivo (.hdf) o la carpeta que lo contiene. MOD09GA necesita MOD09GQ de la misma tesela y día, MOD09A1 necesita MOD09Q1: al lado, o separado por punto y coma. Una franja (MOD09) no necesita otro archivo. Lo mismo MYD09.</translation>
        </message>
        <message>
            <source>The product: its folder (such as ….SAFE, typed or pasted), its metadata file (MTD_….xml) inside that folder, the zip archive as it was downloaded (it is read without unpacking), or a raster whose band descriptions name the bands.</source>
            <translation>El producto: su carpeta (como ….SAFE, escrita o pegada), su archivo de metadatos (MTD_….xml) dentro de esa carpeta, el archivo zip como se descargó (se lee sin descomprimir), o un ráster cuyas descripciones de banda nombran las bandas.</translation>
        </message>
        <message>
            <source>The product: its folder, its metadata file (…_MTL.txt) inside that folder, the archive as it was downloaded (.tar or .tar.gz; it is read without unpacking), or rasters whose names or band descriptions name the bands. A Level-2 product needs the Level-1 product of the same scene for its panchromatic band: beside it, or separated from it by a semicolon.</source>
            <translation>El producto: su carpeta, su archivo de metadatos (…_MTL.txt) dentro de esa carpeta, el archivo como se descargó (.tar o .tar.gz; se lee sin descomprimir), o rásteres cuyos nombres o descripciones de banda nombran las bandas. Un producto de nivel 2 necesita el producto de nivel 1 de la misma escena por su banda pancromática: al lado, o separado por punto y coma.</translation>
        </message>
        <message>
            <source>{} product</source>
            <translation>Producto {}</translation>
        </message>
    </context>
    <context>
        <name>QualityParameters</name>
        <message>
            <source>A page with tables, scatter plots and maps. It holds everything itself, pictures too.</source>
            <translation>Una página con tablas, gráficos de dispersión y mapas. Lo contiene todo, también las imágenes.</translation>
        </message>
        <message>
            <source>A raster of the same place and, as nearly as can be, the same time that is taken for the truth, such as a Sentinel-2 image. It may have other pixels or another coordinate reference system.</source>
            <translation>Un ráster del mismo lugar y, en lo posible, del mismo momento, que se toma por la verdad, como una imagen Sentinel-2. Puede tener otros píxeles u otro sistema de coordenadas.</translation>
        </message>
        <message>
            <source>All figures with their definitions, for scripts and comparisons.</source>
            <translation>Todas las cifras con sus definiciones, para programas y comparaciones.</translation>
        </message>
        <message>
            <source>Bands of the raster = bands of the reference</source>
            <translation>Bandas del ráster = bandas de la referencia</translation>
        </message>
        <message>
            <source>Bands of the raster before = bands of the reference</source>
            <translation>Bandas del ráster anterior = bandas de la referencia</translation>
        </message>
        <message>
            <source>Cloud mask of the raster</source>
            <translation>Máscara de nubes del ráster</translation>
        </message>
        <message>
            <source>Cloud mask of the reference</source>
            <translation>Máscara de nubes de la referencia</translation>
        </message>
        <message>
            <source>Figures for programs</source>
            <translation>Cifras para programas</translation>
        </message>
        <message>
            <source>For example Landsat that was harmonized, or super-resolved bands. Its values are brought to reflectance by the scale and offset of the file, else by the convention of its sensor.</source>
            <translation>Por ejemplo un Landsat armonizado, o bandas en superresolución. Sus valores se llevan a reflectancia por la escala y el desplazamiento del archivo, o por la convención de su sensor.</translation>
        </message>
        <message>
            <source>Kind of the cloud mask</source>
            <translation>Tipo de la máscara de nubes</translation>
        </message>
        <message>
            <source>Kind of the reference's cloud mask</source>
            <translation>Tipo de la máscara de nubes de la referencia</translation>
        </message>
        <message>
            <source>One row for each band and index of each raster.</source>
            <translation>Una fila por cada banda e índice de cada ráster.</translation>
        </message>
        <message>
            <source>Pairs such as B5=B8A; B4=B04: a band of this raster and the band of the reference that it is compared with, by names or numbers. Empty: bands of the same sensor by name, others by their wavelengths, such as Landsat B2 to B7 with Sentinel-2 B02, B03, B04, B8A, B11 and B12.</source>
            <translation>Pares como B5=B8A; B4=B04: una banda de este ráster y la banda de la referencia con la que se compara, por nombres o números. Vacío: las bandas del mismo sensor por nombre, las demás por longitud de onda, como Landsat B2 a B7 con Sentinel-2 B02, B03, B04, B8A, B11 y B12.</translation>
        </message>
        <message>
            <source>Pixels on which to compare</source>
            <translation>Píxeles de la comparación</translation>
        </message>
        <message>
            <source>Raster before the treatment</source>
            <translation>Ráster antes del tratamiento</translation>
        </message>
        <message>
            <source>Raster to assess</source>
            <translation>Ráster que se evalúa</translation>
        </message>
        <message>
            <source>Reference</source>
            <translation>Referencia</translation>
        </message>
        <message>
            <source>Report</source>
            <translation>Informe</translation>
        </message>
        <message>
            <source>Table</source>
            <translation>Tabla</translation>
        </message>
        <message>
            <source>The raster as it was before it was treated, such as Landsat before its harmonization. It is compared with the reference on the same pixels, and the report shows both side by side.</source>
            <translation>El ráster como era antes de ser tratado, como Landsat antes de su armonización. Se compara con la referencia en los mismos píxeles, y el informe muestra ambos lado a lado.</translation>
        </message>
        <message>
            <source>coarser: those of the raster or the reference, whichever are larger; the other one is averaged by area. reference, input: those of that raster; a coarser one is interpolated by cubic convolution. coarsest: the largest of all, the raster from before included.</source>
            <translation>coarser: los del ráster o de la referencia, los mayores; el otro se promedia por área. reference, input: los de ese ráster; uno más grueso se interpola por convolución cúbica. coarsest: los mayores de todos, incluido el ráster anterior.</translation>
        </message>
    </context>
    <context>
        <name>QualityReport</name>
        <message>
            <source>Band</source>
            <translation>Banda</translation>
        </message>
        <message>
            <source>Bands</source>
            <translation>Bandas</translation>
        </message>
        <message>
            <source>Correlation of {}</source>
            <translation>Correlación de {}</translation>
        </message>
        <message>
            <source>Figure</source>
            <translation>Cifra</translation>
        </message>
        <message>
            <source>How it was done</source>
            <translation>Cómo se hizo</translation>
        </message>
        <message>
            <source>Index</source>
            <translation>Índice</translation>
        </message>
        <message>
            <source>Indices</source>
            <translation>Índices</translation>
        </message>
        <message>
            <source>Maps</source>
            <translation>Mapas</translation>
        </message>
        <message>
            <source>Masked by {}: {}</source>
            <translation>Enmascarado por {}: {}</translation>
        </message>
        <message>
            <source>NRMSE, all bands</source>
            <translation>NRMSE, todas las bandas</translation>
        </message>
        <message>
            <source>PSNR, all bands (dB)</source>
            <translation>PSNR, todas las bandas (dB)</translation>
        </message>
        <message>
            <source>RMSE, all bands</source>
            <translation>RMSE, todas las bandas</translation>
        </message>
        <message>
            <source>SSIM, mean of bands</source>
            <translation>SSIM, media de las bandas</translation>
        </message>
        <message>
            <source>Scatter plots</source>
            <translation>Gráficos de dispersión</translation>
        </message>
        <message>
            <source>Spectral angle (degrees)</source>
            <translation>Ángulo espectral (grados)</translation>
        </message>
        <message>
            <source>The plots show pairs of values, the brighter the more of them; dashed is equality, red the line of least squares. Every figure is of the pixels that are valid in all bands of all rasters and clear.</source>
            <translation>Los gráficos muestran pares de valores, tanto más claros cuantos más hay; a trazos la igualdad, en rojo la recta de mínimos cuadrados. Cada cifra es de los píxeles válidos en todas las bandas de todos los rásteres, y despejados.</translation>
        </message>
        <message>
            <source>after</source>
            <translation>después</translation>
        </message>
        <message>
            <source>after: {}</source>
            <translation>después: {}</translation>
        </message>
        <message>
            <source>before</source>
            <translation>antes</translation>
        </message>
        <message>
            <source>before: {}</source>
            <translation>antes: {}</translation>
        </message>
        <message>
            <source>change</source>
            <translation>cambio</translation>
        </message>
        <message>
            <source>difference of NDVI, -{} (blue) to {} (red)</source>
            <translation>diferencia de NDVI, -{} (azul) a {} (rojo)</translation>
        </message>
        <message>
            <source>first band</source>
            <translation>primera banda</translation>
        </message>
        <message>
            <source>natural colours</source>
            <translation>colores naturales</translation>
        </message>
        <message>
            <source>root mean square difference of the bands, 0 (dark) to {} (bright)</source>
            <translation>diferencia cuadrática media de las bandas, 0 (oscuro) a {} (claro)</translation>
        </message>
        <message>
            <source>{} common clear pixels of {} m, {} % of the common extent.</source>
            <translation>{} píxeles despejados comunes de {} m, {} % de la extensión común.</translation>
        </message>
        <message>
            <source>{} compared with {}</source>
            <translation>{} comparado con {}</translation>
        </message>
    </context>
    <context>
        <name>QualityWords</name>
        <message>
            <source>On this scene {} to {} % of bicubic’s error</source>
            <translation>En esta escena, del {} al {} % del error de la bicúbica</translation>
        </message>
        <message>
            <source>consistent with the input</source>
            <translation>coherente con la entrada</translation>
        </message>
        <message>
            <source>interpolated, since the model did not help: {}</source>
            <translation>interpoladas, porque el modelo no ayudaba: {}</translation>
        </message>
        <message>
            <source>warnings: {}</source>
            <translation>avisos: {}</translation>
        </message>
    </context>
    <context>
        <name>RasterParameters</name>
        <message>
            <source>Any raster layer. Its bands are matched to those of the model by name (band descriptions such as B5, SR_B5 or red), else by their colours, else by their order where there are as many as the model takes; the log tells which is which. A layer that is no file, such as WMS, is exported for the extent first.</source>
            <translation>Cualquier capa ráster. Sus bandas se asocian a las del modelo por nombre (descripciones de banda como B5, SR_B5 o red), o por su color, o por su orden si son tantas como toma el modelo; el registro dice cuál es cuál. Una capa que no es un archivo, como WMS, se exporta antes para la extensión.</translation>
        </message>
        <message>
            <source>Extent (default: whole raster)</source>
            <translation>Extensión (por omisión: todo el ráster)</translation>
        </message>
        <message>
            <source>Finer bands of the same place and time that carry the detail, such as the panchromatic band or the 10 m bands. Its pixels must be a whole number of times as fine as the input's, as the model asks, and share their corners or lie half a pixel off them, as Landsat's do. Models that enlarge one raster alone need none.</source>
            <translation>Bandas más finas del mismo lugar y momento que llevan el detalle, como la banda pancromática o las de 10 m. Sus píxeles deben ser un número entero de veces más finos que los de la entrada, como pide el modelo, y compartir sus esquinas o estar a medio píxel de ellas, como los de Landsat. Los modelos que amplían un solo ráster no necesitan ninguna.</translation>
        </message>
        <message>
            <source>Finer raster as a guide</source>
            <translation>Ráster más fino como guía</translation>
        </message>
        <message>
            <source>Part of the raster to work on, in any coordinate reference system. It is snapped outward to the coarsest pixels; the result equals that part of a run on the whole raster. Layers that are no files, such as WMS, need it.</source>
            <translation>Parte del ráster que se procesa, en cualquier sistema de coordenadas. Se amplía a los píxeles más gruesos; el resultado es igual a esa parte de un proceso de todo el ráster. La necesitan las capas que no son archivos, como WMS.</translation>
        </message>
        <message>
            <source>Raster to sharpen</source>
            <translation>Ráster que se afina</translation>
        </message>
    </context>
    <context>
        <name>RemoveModel</name>
        <message>
            <source>Files that were removed</source>
            <translation>Archivos quitados</translation>
        </message>
        <message>
            <source>Id of a model in your own model folder: {}. Bundled models cannot be removed.</source>
            <translation>Identificador de un modelo de su propia carpeta de modelos: {}. Los modelos incluidos no se pueden quitar.</translation>
        </message>
        <message>
            <source>Model to remove</source>
            <translation>Modelo que se quita</translation>
        </message>
        <message>
            <source>No model is installed in {}, so there is none to remove.</source>
            <translation>No hay ningún modelo instalado en {}, así que no hay nada que quitar.</translation>
        </message>
        <message>
            <source>Remove model</source>
            <translation>Quitar modelo</translation>
        </message>
        <message>
            <source>Removed from {}: {}</source>
            <translation>Quitado de {}: {}</translation>
        </message>
        <message>
            <source>Removes a model that was installed from the folder of your own models.</source>
            <translation>Quita un modelo instalado de la carpeta de sus propios modelos.</translation>
        </message>
        <message>
            <source>model,onnx,uninstall,delete</source>
            <translation>modelo,onnx,desinstalar,borrar</translation>
        </message>
    </context>
    <context>
        <name>ReportWords</name>
        <message>
            <source>Algorithm</source>
            <translation>Algoritmo</translation>
        </message>
        <message>
            <source>Band</source>
            <translation>Banda</translation>
        </message>
        <message>
            <source>Computed by</source>
            <translation>Calculado por</translation>
        </message>
        <message>
            <source>Error / bicubic’s</source>
            <translation>Error / bicúbica</translation>
        </message>
        <message>
            <source>Errors were measured on windows of this scene at reduced scale; below 1 the model helps. Off the input, in digital numbers: the result degraded to the input’s pixels, before it is made consistent.</source>
            <translation>Los errores se midieron en ventanas de esta escena a escala reducida; por debajo de 1, el modelo ayuda. Desvío de la entrada, en niveles digitales: el resultado degradado a los píxeles de la entrada, antes de hacerlo coherente.</translation>
        </message>
        <message>
            <source>Experimental</source>
            <translation>Experimental</translation>
        </message>
        <message>
            <source>Files</source>
            <translation>Archivos</translation>
        </message>
        <message>
            <source>Input</source>
            <translation>Entrada</translation>
        </message>
        <message>
            <source>Interval</source>
            <translation>Intervalo</translation>
        </message>
        <message>
            <source>Its noise</source>
            <translation>Su ruido</translation>
        </message>
        <message>
            <source>Model</source>
            <translation>Modelo</translation>
        </message>
        <message>
            <source>Off the input</source>
            <translation>Desvío de la entrada</translation>
        </message>
        <message>
            <source>Parameters</source>
            <translation>Parámetros</translation>
        </message>
        <message>
            <source>Quality on this scene</source>
            <translation>Calidad en esta escena</translation>
        </message>
        <message>
            <source>Results</source>
            <translation>Resultados</translation>
        </message>
        <message>
            <source>Seconds</source>
            <translation>Segundos</translation>
        </message>
        <message>
            <source>The result is consistent with the input.</source>
            <translation>El resultado es coherente con la entrada.</translation>
        </message>
        <message>
            <source>Warnings</source>
            <translation>Avisos</translation>
        </message>
        <message>
            <source>What was run</source>
            <translation>Qué se procesó</translation>
        </message>
        <message>
            <source>Where</source>
            <translation>Dónde</translation>
        </message>
        <message>
            <source>interpolated: the model did not help</source>
            <translation>interpolada: el modelo no ayudaba</translation>
        </message>
        <message>
            <source>made for {} % of the pixels</source>
            <translation>hecho para el {} % de los píxeles</translation>
        </message>
        <message>
            <source>the whole input</source>
            <translation>toda la entrada</translation>
        </message>
        <message>
            <source>{}; held {} % on places that calibration did not see</source>
            <translation>{}; contuvo el {} % en lugares que la calibración no había visto</translation>
        </message>
    </context>
    <context>
        <name>RunLog</name>
        <message>
            <source>Copies report and log to the clipboard.</source>
            <translation>Copia el informe y el registro al portapapeles.</translation>
        </message>
        <message>
            <source>Copies the command of qgis_process that repeats this run.</source>
            <translation>Copia la orden de qgis_process que repite este proceso.</translation>
        </message>
        <message>
            <source>Copy command</source>
            <translation>Copiar la orden</translation>
        </message>
        <message>
            <source>Copy text</source>
            <translation>Copiar el texto</translation>
        </message>
        <message>
            <source>Error:</source>
            <translation>Error:</translation>
        </message>
        <message>
            <source>Log</source>
            <translation>Registro</translation>
        </message>
        <message>
            <source>Report and log</source>
            <translation>Informe y registro</translation>
        </message>
        <message>
            <source>Warning:</source>
            <translation>Aviso:</translation>
        </message>
    </context>
    <context>
        <name>RunQueue</name>
        <message>
            <source>The algorithm {} is not there any more.</source>
            <translation>El algoritmo {} ya no está.</translation>
        </message>
    </context>
    <context>
        <name>RunReport</name>
        <message>
            <source>Models: {}</source>
            <translation>Modelos: {}</translation>
        </message>
        <message>
            <source>Offset of the digital numbers: {}</source>
            <translation>Desplazamiento de los niveles digitales: {}</translation>
        </message>
        <message>
            <source>On the map: {} x {} pixels, {}</source>
            <translation>En el mapa: {} x {} píxeles, {}</translation>
        </message>
        <message>
            <source>Output: {} bands, {} x {} pixels of {} m</source>
            <translation>Salida: {} bandas, {} x {} píxeles de {} m</translation>
        </message>
        <message>
            <source>Product: {}, level {}</source>
            <translation>Producto: {}, nivel {}</translation>
        </message>
        <message>
            <source>TARGET_CRS is for swaths only: {} lies on a grid of its own, which is kept.</source>
            <translation>TARGET_CRS es solo para franjas: {} tiene su propia cuadrícula, que se conserva.</translation>
        </message>
        <message>
            <source>The model {} is experimental: {}</source>
            <translation>El modelo {} es experimental: {}</translation>
        </message>
        <message>
            <source>Tiles of {} pixels, device {}</source>
            <translation>Teselas de {} píxeles, dispositivo {}</translation>
        </message>
        <message>
            <source>unknown</source>
            <translation>desconocido</translation>
        </message>
    </context>
    <context>
        <name>RunRow</name>
        <message>
            <source>Cancel; nothing is left behind</source>
            <translation>Cancelar; no queda nada</translation>
        </message>
        <message>
            <source>Details: report with quality and files, and the log</source>
            <translation>Detalles: informe con la calidad y los archivos, y el registro</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>Continuar</translation>
        </message>
        <message>
            <source>Pause before the next tile</source>
            <translation>Pausa antes de la próxima tesela</translation>
        </message>
        <message>
            <source>Progress</source>
            <translation>Progreso</translation>
        </message>
        <message>
            <source>Show the result on the map</source>
            <translation>Mostrar el resultado en el mapa</translation>
        </message>
        <message>
            <source>Stop and keep what is finished, to go on later: whole strips of {} lines. Before the first of them is finished there is nothing to keep.</source>
            <translation>Detener y conservar lo terminado, para continuar después: franjas enteras de {} líneas. Antes de terminar la primera no hay nada que conservar.</translation>
        </message>
        <message>
            <source>Take off the list; results stay, what is unfinished is deleted</source>
            <translation>Quitar de la lista; los resultados quedan, lo inacabado se borra</translation>
        </message>
    </context>
    <context>
        <name>RunView</name>
        <message>
            <source>Computes only what is missing.</source>
            <translation>Calcula solo lo que falta.</translation>
        </message>
        <message>
            <source>Deletes the unfinished files.</source>
            <translation>Borra los archivos inacabados.</translation>
        </message>
        <message>
            <source>Discard</source>
            <translation>Descartar</translation>
        </message>
        <message>
            <source>Go on</source>
            <translation>Continuar</translation>
        </message>
        <message>
            <source>Not finished, begun {}</source>
            <translation>Sin terminar, empezado {}</translation>
        </message>
    </context>
    <context>
        <name>RunWords</name>
        <message>
            <source>Cancelled; nothing was written</source>
            <translation>Cancelado; no se escribió nada</translation>
        </message>
        <message>
            <source>Done in {}</source>
            <translation>Hecho en {}</translation>
        </message>
        <message>
            <source>Failed</source>
            <translation>Fallido</translation>
        </message>
        <message>
            <source>Looking at the scene…</source>
            <translation>Examinando la escena…</translation>
        </message>
        <message>
            <source>Paused at {} %: memory and what is done are kept</source>
            <translation>En pausa al {} %: se conservan la memoria y lo hecho</translation>
        </message>
        <message>
            <source>Running</source>
            <translation>Ejecución</translation>
        </message>
        <message>
            <source>Stopped before the first strip was finished, so there was nothing to keep</source>
            <translation>Detenido antes de terminar la primera franja: no había nada que conservar</translation>
        </message>
        <message>
            <source>Stopped; what is finished is kept</source>
            <translation>Detenido; se conserva lo terminado</translation>
        </message>
        <message>
            <source>Waiting</source>
            <translation>En espera</translation>
        </message>
        <message>
            <source>{} left</source>
            <translation>quedan {}</translation>
        </message>
    </context>
    <context>
        <name>SatSharpAlgorithm</name>
        <message>
            <source>Cancelled; nothing was written.</source>
            <translation>Cancelado; no se escribió nada.</translation>
        </message>
        <message>
            <source>Stopped; the same run goes on from what is finished.</source>
            <translation>Detenido; el mismo proceso seguirá desde lo que está terminado.</translation>
        </message>
        <message>
            <source>{} cannot be {}. Choose one of: {}.</source>
            <translation>{} no puede ser {}. Elija uno de: {}.</translation>
        </message>
        <message>
            <source>{} cannot be {}; choose 0 (automatic) or at least {}.</source>
            <translation>{} no puede ser {}; elija 0 (automático) o al menos {}.</translation>
        </message>
        <message>
            <source>{} is a GeoTIFF: its name must end in .tif, not in {}.</source>
            <translation>{} es un GeoTIFF: su nombre debe terminar en .tif, no en {}.</translation>
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
            <translation> GB</translation>
        </message>
        <message>
            <source> MB</source>
            <translation> MB</translation>
        </message>
        <message>
            <source> pixels</source>
            <translation> píxeles</translation>
        </message>
        <message>
            <source>Address of a further list of models that can be installed</source>
            <translation>Dirección de otra lista de modelos que se pueden instalar</translation>
        </message>
        <message>
            <source>Address of the package index that ONNX Runtime is fetched from</source>
            <translation>Dirección del índice de paquetes del que se toma ONNX Runtime</translation>
        </message>
        <message>
            <source>Default folder</source>
            <translation>Carpeta predeterminada</translation>
        </message>
        <message>
            <source>Default format</source>
            <translation>Formato predeterminado</translation>
        </message>
        <message>
            <source>Delete products from the web ({} GB)</source>
            <translation>Borrar productos de la web ({} GB)</translation>
        </message>
        <message>
            <source>Deletes copies; they are fetched again when they are needed</source>
            <translation>Borra copias; se descargan de nuevo cuando hacen falta</translation>
        </message>
        <message>
            <source>Device for “auto”</source>
            <translation>Dispositivo para «auto»</translation>
        </message>
        <message>
            <source>Disk space</source>
            <translation>Espacio en disco</translation>
        </message>
        <message>
            <source>Folder</source>
            <translation>Carpeta</translation>
        </message>
        <message>
            <source>Folder of your own models</source>
            <translation>Carpeta de sus propios modelos</translation>
        </message>
        <message>
            <source>Folder of your own sensor files</source>
            <translation>Carpeta de sus propios archivos de sensor</translation>
        </message>
        <message>
            <source>Format of results where none is chosen</source>
            <translation>Formato de los resultados si no se elige ninguno</translation>
        </message>
        <message>
            <source>Further catalogue of models</source>
            <translation>Otro catálogo de modelos</translation>
        </message>
        <message>
            <source>Memory for a run</source>
            <translation>Memoria para un proceso</translation>
        </message>
        <message>
            <source>Memory that a run may use: tiles are made smaller for it</source>
            <translation>Memoria que puede usar un proceso: las teselas se hacen más pequeñas para ello</translation>
        </message>
        <message>
            <source>Models and sensors</source>
            <translation>Modelos y sensores</translation>
        </message>
        <message>
            <source>ONNX Runtime</source>
            <translation>ONNX Runtime</translation>
        </message>
        <message>
            <source>Only the catalogue that comes with SatSharp</source>
            <translation>Solo el catálogo incluido en SatSharp</translation>
        </message>
        <message>
            <source>Package index</source>
            <translation>Índice de paquetes</translation>
        </message>
        <message>
            <source>Precision of networks</source>
            <translation>Precisión de las redes</translation>
        </message>
        <message>
            <source>Products from the web</source>
            <translation>Productos de la web</translation>
        </message>
        <message>
            <source>Results</source>
            <translation>Resultados</translation>
        </message>
        <message>
            <source>Running</source>
            <translation>Ejecución</translation>
        </message>
        <message>
            <source>Side of the tiles in pixels of the result; it never changes the result</source>
            <translation>Lado de las teselas en píxeles del resultado; nunca cambia el resultado</translation>
        </message>
        <message>
            <source>Temporary files</source>
            <translation>Archivos temporales</translation>
        </message>
        <message>
            <source>The one that pip uses</source>
            <translation>El que usa pip</translation>
        </message>
        <message>
            <source>Tile size</source>
            <translation>Tamaño de las teselas</translation>
        </message>
        <message>
            <source>Where networks run; auto takes the fastest device there is</source>
            <translation>Dónde se ejecutan las redes; auto toma el dispositivo más rápido</translation>
        </message>
        <message>
            <source>Where the panel saves results that you give no name</source>
            <translation>Dónde guarda el panel los resultados a los que no da nombre</translation>
        </message>
        <message>
            <source>Which variant of a model “auto” takes. Half precision (fp16) and 8-bit integers (int8) are smaller, and faster where the device has them; their cards tell what they lose</source>
            <translation>La variante de un modelo que toma «auto». La media precisión (fp16) y los enteros de 8 bits (int8) son más pequeños, y más rápidos donde el dispositivo los conoce; sus fichas dicen lo que pierden</translation>
        </message>
        <message>
            <source>automatic</source>
            <translation>automático</translation>
        </message>
    </context>
    <context>
        <name>SatSharpPanel</name>
        <message>
            <source>Done</source>
            <translation>Hecho</translation>
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
            <translation>Otro proveedor de Procesos ya tiene el identificador satsharp. Desactive el otro.</translation>
        </message>
        <message>
            <source>SatSharp</source>
            <translation>SatSharp</translation>
        </message>
        <message>
            <source>SatSharp panel</source>
            <translation>Panel de SatSharp</translation>
        </message>
        <message>
            <source>Shows the SatSharp panel: from a product to a sharper one.</source>
            <translation>Muestra el panel de SatSharp: de un producto a otro más nítido.</translation>
        </message>
        <message>
            <source>Super-resolve Sentinel-2 product…</source>
            <translation>Superresolución de un producto Sentinel-2…</translation>
        </message>
    </context>
    <context>
        <name>SatSharpProvider</name>
        <message>
            <source>SatSharp (super-resolution and harmonization of satellite images)</source>
            <translation>SatSharp (superresolución y armonización de imágenes de satélite)</translation>
        </message>
    </context>
    <context>
        <name>SeriesCheck</name>
        <message>
            <source>Nothing is chosen. Choose rasters, a folder of rasters, or a table that names them.</source>
            <translation>No se eligió nada. Elija rásteres, una carpeta de rásteres, o una tabla que los nombre.</translation>
        </message>
        <message>
            <source>{} is no raster that can be opened. Check the path.</source>
            <translation>{} no es un ráster que se pueda abrir. Compruebe la ruta.</translation>
        </message>
    </context>
    <context>
        <name>SeriesOffers</name>
        <message>
            <source>Combine the {} dates</source>
            <translation>Combinar las {} fechas</translation>
        </message>
        <message>
            <source>Combine the {} dates: {}</source>
            <translation>Combinar las {} fechas: {}</translation>
        </message>
        <message>
            <source>Index at a point, {} dates</source>
            <translation>Índice en un punto, {} fechas</translation>
        </message>
        <message>
            <source>No installed model of several dates fits: {}</source>
            <translation>Ningún modelo instalado de varias fechas se ajusta: {}</translation>
        </message>
        <message>
            <source>No model that takes several dates is installed.</source>
            <translation>No hay instalado ningún modelo que tome varias fechas.</translation>
        </message>
        <message>
            <source>The list of models (the button with the gears) tells how to get one, such as {}.</source>
            <translation>La lista de modelos (el botón de los engranajes) dice cómo obtener uno, como {}.</translation>
        </message>
        <message>
            <source>Time series of {} dates</source>
            <translation>Serie temporal de {} fechas</translation>
        </message>
    </context>
    <context>
        <name>SeriesParameters</name>
        <message>
            <source>A CSV file with the column file and, as far as needed, date (2021-06-30 or 2021-06-30T10:15:00), sensor and mask, with files named relative to its folder. Without other rasters, those that it names are taken.</source>
            <translation>Un archivo CSV con la columna file y, si hace falta, date (2021-06-30 o 2021-06-30T10:15:00), sensor y mask, con los archivos nombrados respecto a su carpeta. Sin otros rásteres, se toman los que nombra.</translation>
        </message>
        <message>
            <source>All rasters in this folder, besides those that are chosen one by one.</source>
            <translation>Todos los rásteres de esta carpeta, además de los elegidos uno a uno.</translation>
        </message>
        <message>
            <source>Cloud masks</source>
            <translation>Máscaras de nubes</translation>
        </message>
        <message>
            <source>Folder of rasters</source>
            <translation>Carpeta de rásteres</translation>
        </message>
        <message>
            <source>Kind of the cloud masks</source>
            <translation>Tipo de las máscaras de nubes</translation>
        </message>
        <message>
            <source>One raster for each date, of one sensor or of several: Landsat that was harmonized, Sentinel-2, any GeoTIFF. When each was taken is told by the table, by the tags that SatSharp and other programs write, or by its name, such as S2_20210630.tif.</source>
            <translation>Un ráster por cada fecha, de uno o varios sensores: Landsat armonizado, Sentinel-2, cualquier GeoTIFF. Su fecha la dicen la tabla, las etiquetas que escriben SatSharp y otros programas, o su nombre, como S2_20210630.tif.</translation>
        </message>
        <message>
            <source>Rasters of several dates</source>
            <translation>Rásteres de varias fechas</translation>
        </message>
        <message>
            <source>Table of dates</source>
            <translation>Tabla de fechas</translation>
        </message>
        <message>
            <source>find: hide clouds by the mask that the table names, by a band QA_PIXEL, SCL or Fmask of the raster itself, or by a file beside it of the same day, place and satellite whose name says so or whose band is called classes, as that of harmonize_landsat. none: hide nothing.</source>
            <translation>find: ocultar nubes con la máscara que nombra la tabla, con una banda QA_PIXEL, SCL o Fmask del propio ráster, o con un archivo al lado, del mismo día, lugar y satélite, cuyo nombre lo diga o cuya banda se llame classes, como el de harmonize_landsat. none: no ocultar nada.</translation>
        </message>
    </context>
    <context>
        <name>SeriesReport</name>
        <message>
            <source>; cloud mask: {} ({})</source>
            <translation>; máscara de nubes: {} ({})</translation>
        </message>
        <message>
            <source>{}: {}, dated by its {}</source>
            <translation>{}: {}, fechado por su {}</translation>
        </message>
    </context>
    <context>
        <name>SetupView</name>
        <message>
            <source>&lt;b&gt;ONNX Runtime is missing.&lt;/b&gt; It runs the networks.</source>
            <translation>&lt;b&gt;Falta ONNX Runtime.&lt;/b&gt; Es lo que ejecuta las redes.</translation>
        </message>
        <message>
            <source>&lt;b&gt;ONNX Runtime {}&lt;/b&gt; with the execution providers {}.</source>
            <translation>&lt;b&gt;ONNX Runtime {}&lt;/b&gt; con los proveedores de ejecución {}.</translation>
        </message>
        <message>
            <source>Asking the package index</source>
            <translation>Preguntando al índice de paquetes</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Cancelar</translation>
        </message>
        <message>
            <source>Cancel the installation</source>
            <translation>Cancelar la instalación</translation>
        </message>
        <message>
            <source>Fetches one file, checks it and unpacks it into your QGIS profile</source>
            <translation>Descarga un archivo, lo comprueba y lo descomprime en su perfil de QGIS</translation>
        </message>
        <message>
            <source>Install</source>
            <translation>Instalar</translation>
        </message>
        <message>
            <source>Install again</source>
            <translation>Instalar de nuevo</translation>
        </message>
        <message>
            <source>Install from a file ({})…</source>
            <translation>Instalar desde un archivo ({})…</translation>
        </message>
        <message>
            <source>Install the GPU build</source>
            <translation>Instalar la versión de GPU</translation>
        </message>
        <message>
            <source>Installing ONNX Runtime</source>
            <translation>Instalando ONNX Runtime</translation>
        </message>
        <message>
            <source>Installing ONNX Runtime…</source>
            <translation>Instalando ONNX Runtime…</translation>
        </message>
        <message>
            <source>Loading ONNX Runtime</source>
            <translation>Cargando ONNX Runtime</translation>
        </message>
        <message>
            <source>ONNX Runtime is installed.</source>
            <translation>ONNX Runtime está instalado.</translation>
        </message>
        <message>
            <source>Other ways</source>
            <translation>Otras formas</translation>
        </message>
        <message>
            <source>Other ways to install ONNX Runtime</source>
            <translation>Otras formas de instalar ONNX Runtime</translation>
        </message>
        <message>
            <source>Progress of the installation</source>
            <translation>Progreso de la instalación</translation>
        </message>
        <message>
            <source>Remove</source>
            <translation>Quitar</translation>
        </message>
        <message>
            <source>Removed. What is loaded stays in use until QGIS is restarted.</source>
            <translation>Quitado. Lo cargado sigue en uso hasta reiniciar QGIS.</translation>
        </message>
        <message>
            <source>Removing ONNX Runtime</source>
            <translation>Quitando ONNX Runtime</translation>
        </message>
        <message>
            <source>Wheel of ONNX Runtime ending in {}</source>
            <translation>Wheel de ONNX Runtime que termina en {}</translation>
        </message>
        <message>
            <source>Wheels</source>
            <translation>Wheels</translation>
        </message>
        <message>
            <source>unknown size</source>
            <translation>tamaño desconocido</translation>
        </message>
        <message>
            <source>{} MB</source>
            <translation>{} MB</translation>
        </message>
        <message>
            <source>{}, {} from {}; it goes into your QGIS profile and changes nothing else.</source>
            <translation>{}, {} de {}; va a su perfil de QGIS y no cambia nada más.</translation>
        </message>
    </context>
    <context>
        <name>StackTimeseries</name>
        <message>
            <source>At 0 only dates without any valid pixel are left out. netCDF and Zarr hold all dates.</source>
            <translation>Con 0 solo se dejan fuera las fechas sin ningún píxel válido. netCDF y Zarr contienen todas las fechas.</translation>
        </message>
        <message>
            <source>Bands (default: all that are shared)</source>
            <translation>Bandas (por omisión: todas las compartidas)</translation>
        </message>
        <message>
            <source>COG: a Cloud Optimized GeoTIFF for each date, and series.vrt, which joins all of them. netCDF, Zarr: one file with axes of time, y and x (CF conventions), for other programs.</source>
            <translation>COG: un GeoTIFF optimizado para la nube por cada fecha, y series.vrt, que los une todos. netCDF, Zarr: un archivo con los ejes tiempo, y y x (convenciones CF), para otros programas.</translation>
        </message>
        <message>
            <source>Extent of the series</source>
            <translation>Extensión de la serie</translation>
        </message>
        <message>
            <source>File with all dates</source>
            <translation>Archivo con todas las fechas</translation>
        </message>
        <message>
            <source>Files appear in it only when all of them are complete; those of the same names are replaced.</source>
            <translation>Los archivos aparecen en ella solo cuando todos están completos; se reemplazan los del mismo nombre.</translation>
        </message>
        <message>
            <source>First date</source>
            <translation>Primera fecha</translation>
        </message>
        <message>
            <source>Folder of the series</source>
            <translation>Carpeta de la serie</translation>
        </message>
        <message>
            <source>Format</source>
            <translation>Formato</translation>
        </message>
        <message>
            <source>Last date</source>
            <translation>Última fecha</translation>
        </message>
        <message>
            <source>Leave out dates with no more valid pixels than (percent)</source>
            <translation>Dejar fuera las fechas sin más píxeles válidos que (por ciento)</translation>
        </message>
        <message>
            <source>Load the dates as layers with their time</source>
            <translation>Cargar las fechas como capas con su tiempo</translation>
        </message>
        <message>
            <source>Loads a layer for each date into a group, stretched alike, so that the temporal controller plays them: each is shown from its own date to the next. Only with the format COG.</source>
            <translation>Carga una capa por fecha en un grupo, con el mismo realce, para que el controlador temporal las reproduzca: cada una se muestra desde su fecha hasta la siguiente. Solo con el formato COG.</translation>
        </message>
        <message>
            <source>Names separated by commas, such as B04, B8A. They are those of Sentinel-2 where one of the rasters has such; the bands of Landsat are told by their wavelengths.</source>
            <translation>Nombres separados por comas, como B04, B8A. Son los de Sentinel-2 si uno de los rásteres los tiene; las bandas de Landsat se conocen por su longitud de onda.</translation>
        </message>
        <message>
            <source>Number of dates</source>
            <translation>Número de fechas</translation>
        </message>
        <message>
            <source>Puts rasters of many dates on one grid, with dates, sensors and cloud masks.</source>
            <translation>Pone rásteres de muchas fechas en una cuadrícula, con fechas, sensores y máscaras de nubes.</translation>
        </message>
        <message>
            <source>Series: {} dates, bands {}, {} x {} pixels of {} m, stored as {}</source>
            <translation>Serie: {} fechas, bandas {}, {} x {} píxeles de {} m, guardada como {}</translation>
        </message>
        <message>
            <source>Stack time series</source>
            <translation>Apilar serie temporal</translation>
        </message>
        <message>
            <source>Stacked by SatSharp from {}.</source>
            <translation>Apilado por SatSharp a partir de {}.</translation>
        </message>
        <message>
            <source>The dates are not loaded as layers: QGIS knows neither their times nor their colours in {} files. Choose the format COG for that.</source>
            <translation>Las fechas no se cargan como capas: en los archivos {}, QGIS no conoce ni su tiempo ni sus colores. Para ello, elija el formato COG.</translation>
        </message>
        <message>
            <source>Time series</source>
            <translation>Serie temporal</translation>
        </message>
        <message>
            <source>Time series {}</source>
            <translation>Serie temporal {}</translation>
        </message>
        <message>
            <source>time series,stack,cube,temporal,dates,netcdf,zarr,cog,landsat,sentinel-2,harmonized</source>
            <translation>serie temporal,pila,cubo,temporal,fechas,netcdf,zarr,cog,landsat,sentinel-2,armonizado</translation>
        </message>
        <message>
            <source>union: of all rasters, filled with nodata where one has no pixels. intersection: what all share.</source>
            <translation>union: de todos los rásteres, con «sin datos» donde alguno no tiene píxeles. intersection: lo que todos comparten.</translation>
        </message>
        <message>
            <source>{} dates are left out.</source>
            <translation>Se dejan fuera {} fechas.</translation>
        </message>
        <message>
            <source>{} of a time series of {} dates.</source>
            <translation>{} de una serie temporal de {} fechas.</translation>
        </message>
        <message>
            <source>{}: {} % of the pixels are valid</source>
            <translation>{}: {} % de los píxeles son válidos</translation>
        </message>
    </context>
    <context>
        <name>StepParameters</name>
        <message>
            <source>A raster whose bands are named in their descriptions (B02, B8A, SR_B5, red, ...), or the folder, metadata file or archive of a Sentinel-2 or Landsat 8/9 product of Collection 2. Of Landsat, Level-2 is used where both levels are given.</source>
            <translation>Un ráster cuyas descripciones nombran las bandas (B02, B8A, SR_B5, red, ...), o la carpeta, el archivo de metadatos o el archivo comprimido de un producto Sentinel-2 o Landsat 8/9 de la Colección 2. De Landsat se usa el nivel 2 si se dan ambos niveles.</translation>
        </message>
        <message>
            <source>All files</source>
            <translation>Todos los archivos</translation>
        </message>
        <message>
            <source>As HLS: the zenith angle of the sun in the middle of the product on its day, at the mean time at which Landsat 8 and Sentinel-2 pass that latitude. Give one angle to bring scenes of several days to it.</source>
            <translation>Como HLS: el ángulo cenital del sol en el centro del producto en su día, a la hora media en que Landsat 8 y Sentinel-2 pasan por esa latitud. Dé un ángulo para llevar a él escenas de varios días.</translation>
        </message>
        <message>
            <source>Folder, metadata file or archive of the product that a raster was made from. Sentinel-2: the angle grids of the granule (MTD_TL.xml). Landsat: the angle bands (..._SZA.TIF and so on) of the Level-1 product of Collection 2, which may also lie beside the Level-2 product, or be given after a semicolon. Where grids or bands are missing, mean angles are used, with a warning.</source>
            <translation>Carpeta, archivo de metadatos o archivo comprimido del producto del que procede un ráster. Sentinel-2: las mallas de ángulos del gránulo (MTD_TL.xml). Landsat: las bandas de ángulos (..._SZA.TIF, etc.) del producto de nivel 1 de la Colección 2, que también puede estar junto al producto de nivel 2, o darse tras un punto y coma. Donde faltan mallas o bandas se usan ángulos medios, con un aviso.</translation>
        </message>
        <message>
            <source>For rasters whose bands have no or other names: the sensor's name of each band in order, separated by commas, such as B2,B3,B4,B5. A hyphen leaves a band as it is.</source>
            <translation>Para rásteres cuyas bandas no tienen nombres o tienen otros: el nombre de cada banda en el sensor, en orden, separados por comas, como B2,B3,B4,B5. Un guion deja una banda como está.</translation>
        </message>
        <message>
            <source>GeoTIFF on the grid of the input, with its bands, data type, nodata value, scale and offset. It appears under its name only when it is complete.</source>
            <translation>GeoTIFF en la cuadrícula de la entrada, con sus bandas, tipo, valor sin datos, escala y desplazamiento. Aparece con su nombre solo cuando está completo.</translation>
        </message>
        <message>
            <source>Ground sampling distance of the bands of a product in metres (0 = automatic)</source>
            <translation>Distancia de muestreo del suelo de las bandas de un producto en metros (0 = automática)</translation>
        </message>
        <message>
            <source>Names of the bands</source>
            <translation>Nombres de las bandas</translation>
        </message>
        <message>
            <source>Own table</source>
            <translation>Tabla propia</translation>
        </message>
        <message>
            <source>Product with the angles (default: the input)</source>
            <translation>Producto con los ángulos (por omisión: la entrada)</translation>
        </message>
        <message>
            <source>Products</source>
            <translation>Productos</translation>
        </message>
        <message>
            <source>Raster layer or product</source>
            <translation>Capa ráster o producto</translation>
        </message>
        <message>
            <source>Sensor of the input</source>
            <translation>Sensor de la entrada</translation>
        </message>
        <message>
            <source>Sensor that measured the input. auto takes it from the product, from the tags of earlier results of SatSharp, or from a name such as S2A_MSIL2A_... or LC08_L2SP_....</source>
            <translation>Sensor que midió la entrada. auto lo toma del producto, de las etiquetas de resultados anteriores de SatSharp, o de un nombre como S2A_MSIL2A_... o LC08_L2SP_....</translation>
        </message>
        <message>
            <source>Sensor to adjust to</source>
            <translation>Sensor de destino</translation>
        </message>
        <message>
            <source>Sensor whose bandpasses the result has. auto takes landsat8, the reference of HLS, for Sentinel-2, and sentinel2a for Landsat. Landsat 8 and 9 are alike.</source>
            <translation>Sensor cuyas bandas espectrales tiene el resultado. auto toma landsat8, la referencia de HLS, para Sentinel-2, y sentinel2a para Landsat. Landsat 8 y 9 son iguales.</translation>
        </message>
        <message>
            <source>Tables</source>
            <translation>Tablas</translation>
        </message>
        <message>
            <source>The format is described in resources/harmonization/README.md of the plugin.</source>
            <translation>El formato se describe en resources/harmonization/README.md del complemento.</translation>
        </message>
        <message>
            <source>Which bands of a product to take: the output has one grid. 10, 20 or 60 for Sentinel-2, 30 for Landsat. Automatic is 10 and 30. For rasters it is ignored.</source>
            <translation>Qué bandas de un producto tomar: la salida tiene una sola cuadrícula. 10, 20 o 60 para Sentinel-2, 30 para Landsat. Automático es 10 y 30. Para rásteres no se tiene en cuenta.</translation>
        </message>
        <message>
            <source>Zenith of the sun to normalise to in degrees (-1 = as HLS)</source>
            <translation>Cenit del sol de destino en grados (-1 = como HLS)</translation>
        </message>
    </context>
    <context>
        <name>SuperResolveProduct</name>
        <message>
            <source>Brings the coarse bands of a {} product to {} with a neural network.</source>
            <translation>Lleva las bandas gruesas de un producto {} a {} con una red neuronal.</translation>
        </message>
        <message>
            <source>Execution provider that was used</source>
            <translation>Proveedor de ejecución usado</translation>
        </message>
        <message>
            <source>Ground sampling distance of the result</source>
            <translation>Distancia de muestreo del suelo del resultado</translation>
        </message>
        <message>
            <source>Models that were used</source>
            <translation>Modelos usados</translation>
        </message>
        <message>
            <source>Super-resolution</source>
            <translation>Superresolución</translation>
        </message>
        <message>
            <source>Super-resolve {} product</source>
            <translation>Superresolución de un producto {}</translation>
        </message>
        <message>
            <source>super-resolution,superresolution,sharpen,pansharpen,upscale,downscale,resolution,onnx,ai,10 m</source>
            <translation>superresolución,afinar,pansharpening,ampliar,resolución,onnx,ia,10 m</translation>
        </message>
        <message>
            <source>{} cannot be {}. Choose a coordinate reference system that QGIS knows.</source>
            <translation>{} no puede ser {}. Elija un sistema de coordenadas que QGIS conozca.</translation>
        </message>
        <message>
            <source>{} does not exist. Check the path of the product.</source>
            <translation>{} no existe. Compruebe la ruta del producto.</translation>
        </message>
    </context>
    <context>
        <name>SuperResolveRaster</name>
        <message>
            <source>Execution provider that was used</source>
            <translation>Proveedor de ejecución usado</translation>
        </message>
        <message>
            <source>Exporting {} for the extent.</source>
            <translation>Exportando {} para la extensión.</translation>
        </message>
        <message>
            <source>Ground sampling distance of the result</source>
            <translation>Distancia de muestreo del suelo del resultado</translation>
        </message>
        <message>
            <source>Models that were used</source>
            <translation>Modelos usados</translation>
        </message>
        <message>
            <source>Sharpens or enlarges the bands of any raster layer with any installed model.</source>
            <translation>Afina o amplía las bandas de cualquier capa ráster con cualquier modelo instalado.</translation>
        </message>
        <message>
            <source>Super-resolution</source>
            <translation>Superresolución</translation>
        </message>
        <message>
            <source>Super-resolve raster</source>
            <translation>Superresolución de un ráster</translation>
        </message>
        <message>
            <source>super-resolution,sharpen,pansharpen,upscale,enlarge,resolution,pan,guide,layer,wms,onnx</source>
            <translation>superresolución,afinar,pansharpening,ampliar,resolución,pancromática,guía,capa,wms,onnx</translation>
        </message>
        <message>
            <source>{} is no file. Choose an EXTENT to export it for.</source>
            <translation>{} no es un archivo. Elija una EXTENT para exportarlo.</translation>
        </message>
        <message>
            <source>{} is the input itself. Choose another output.</source>
            <translation>{} es la propia entrada. Elija otra salida.</translation>
        </message>
    </context>
    <context>
        <name>SuperResolveTimeseries</name>
        <message>
            <source>Dates are to be judged on the extent. Choose an EXTENT.</source>
            <translation>Las fechas deben juzgarse en la extensión. Elija una EXTENT.</translation>
        </message>
        <message>
            <source>Dates that were used, in the order of the model</source>
            <translation>Fechas usadas, en el orden del modelo</translation>
        </message>
        <message>
            <source>Execution provider that was used</source>
            <translation>Proveedor de ejecución usado</translation>
        </message>
        <message>
            <source>Ground sampling distance of the result</source>
            <translation>Distancia de muestreo del suelo del resultado</translation>
        </message>
        <message>
            <source>Makes one finer image of several dates of one place, with a model that takes several.</source>
            <translation>Hace una imagen más fina de varias fechas de un lugar, con un modelo que toma varias.</translation>
        </message>
        <message>
            <source>Models that were used</source>
            <translation>Modelos usados</translation>
        </message>
        <message>
            <source>Super-resolution</source>
            <translation>Superresolución</translation>
        </message>
        <message>
            <source>Super-resolve several dates</source>
            <translation>Superresolución de varias fechas</translation>
        </message>
        <message>
            <source>super-resolution,multi-image,multi-temporal,time series,dates,satlas,enlarge,onnx</source>
            <translation>superresolución,multiimagen,multitemporal,serie temporal,fechas,satlas,ampliar,onnx</translation>
        </message>
        <message>
            <source>{} does not exist. Check the path of the product.</source>
            <translation>{} no existe. Compruebe la ruta del producto.</translation>
        </message>
    </context>
    <context>
        <name>TimeseriesParameters</name>
        <message>
            <source>A date of which more is cloudy or missing is left out; clearer ones are repeated instead. Clouds are known by the scene classification of Level-2A, else by their brightness.</source>
            <translation>Una fecha con más nubes o huecos se deja fuera; en su lugar se repiten otras más despejadas. Las nubes se conocen por la clasificación de escena del nivel 2A, o por su brillo.</translation>
        </message>
        <message>
            <source>Dates (products or rasters of one place)</source>
            <translation>Fechas (productos o rásteres de un lugar)</translation>
        </message>
        <message>
            <source>Extent (default: all that every date shows)</source>
            <translation>Extensión (por omisión: todo lo que muestra cada fecha)</translation>
        </message>
        <message>
            <source>Judge the clouds of</source>
            <translation>Juzgar las nubes de</translation>
        </message>
        <message>
            <source>Most clouds and gaps of a date (%)</source>
            <translation>Nubes y huecos de una fecha, como máximo (%)</translation>
        </message>
        <message>
            <source>Part of the scene to work on, in any coordinate reference system. It is snapped outward to the coarsest pixels; the result equals that part of a run on the whole scene with the same dates.</source>
            <translation>Parte de la escena que se procesa, en cualquier sistema de coordenadas. Se amplía a los píxeles más gruesos; el resultado es igual a esa parte de un proceso de toda la escena con las mismas fechas.</translation>
        </message>
        <message>
            <source>Products of several dates (their folders, metadata files or archives), or rasters such as true-colour images, also the names of loaded layers. All must lie on the same pixels; what only some of them cover is cut off. As many as the model takes are chosen: the clearest. Where there are too few, good ones are repeated.</source>
            <translation>Productos de varias fechas (sus carpetas, archivos de metadatos o comprimidos), o rásteres como imágenes en color verdadero, también nombres de capas cargadas. Todos deben estar en los mismos píxeles; lo que solo algunos cubren se recorta. Se eligen tantos como toma el modelo: los más despejados. Si hay pocos, los buenos se repiten.</translation>
        </message>
        <message>
            <source>Satlas' models were trained on the Web-Mercator grid of zoom 17 (EPSG:3857, pixels of 9.5546 m, which are smaller on the ground away from the equator). With this option all dates are warped onto it, bilinearly, so that the model sees objects in the size it knows; the result lies on that grid, too. It also brings dates of different UTM zones together. Models must declare such a grid.</source>
            <translation>Los modelos de Satlas se entrenaron en la cuadrícula Web-Mercator del zoom 17 (EPSG:3857, píxeles de 9.5546 m, más pequeños en el suelo lejos del ecuador). Con esta opción todas las fechas se proyectan a ella, de forma bilineal, para que el modelo vea los objetos en el tamaño que conoce; el resultado también está en esa cuadrícula. También reúne fechas de zonas UTM distintas. Los modelos deben declarar esa cuadrícula.</translation>
        </message>
        <message>
            <source>Warp onto the grid of the training images</source>
            <translation>Proyectar a la cuadrícula de las imágenes de entrenamiento</translation>
        </message>
        <message>
            <source>whole scene: the dates with the least clouds in the whole scene are used, the same for every extent. extent: those with the least clouds in the extent.</source>
            <translation>whole scene: se usan las fechas con menos nubes en toda la escena, las mismas para cualquier extensión. extent: las que tienen menos nubes en la extensión.</translation>
        </message>
    </context>
    <context>
        <name>WhatView</name>
        <message>
            <source>Choose: {}</source>
            <translation>Elegir: {}</translation>
        </message>
        <message>
            <source>Suggested: {}</source>
            <translation>Sugerido: {}</translation>
        </message>
        <message>
            <source>What fits the input; the suggestion comes first, with a star.</source>
            <translation>Lo que se ajusta a la entrada; la sugerencia va primero, con una estrella.</translation>
        </message>
        <message>
            <source>What to do</source>
            <translation>Qué hacer</translation>
        </message>
        <message>
            <source>{} (optional)</source>
            <translation>{} (opcional)</translation>
        </message>
        <message>
            <source>{}: {}</source>
            <translation>{}: {}</translation>
        </message>
    </context>
    <context>
        <name>WhereView</name>
        <message>
            <source>A drawn rectangle</source>
            <translation>Un rectángulo dibujado</translation>
        </message>
        <message>
            <source>A layer’s extent</source>
            <translation>La extensión de una capa</translation>
        </message>
        <message>
            <source>Choose a polygon layer.</source>
            <translation>Elija una capa de polígonos.</translation>
        </message>
        <message>
            <source>Draw a rectangle on the map</source>
            <translation>Dibujar un rectángulo en el mapa</translation>
        </message>
        <message>
            <source>Draw a rectangle on the map.</source>
            <translation>Dibuje un rectángulo en el mapa.</translation>
        </message>
        <message>
            <source>Rectangle of {} km</source>
            <translation>Rectángulo de {} km</translation>
        </message>
        <message>
            <source>The result covers the rectangle around this layer.</source>
            <translation>El resultado cubre el rectángulo alrededor de esta capa.</translation>
        </message>
        <message>
            <source>The result of a part equals that part of the result of the whole.</source>
            <translation>El resultado de una parte es igual a esa parte del resultado del todo.</translation>
        </message>
        <message>
            <source>The whole input</source>
            <translation>Toda la entrada</translation>
        </message>
        <message>
            <source>This is done for all of the input.</source>
            <translation>Esto se hace para toda la entrada.</translation>
        </message>
        <message>
            <source>What the map shows</source>
            <translation>Lo que muestra el mapa</translation>
        </message>
        <message>
            <source>Where</source>
            <translation>Dónde</translation>
        </message>
    </context>
</TS>
