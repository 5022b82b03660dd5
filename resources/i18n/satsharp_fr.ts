<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1">
<context>
    <name>Parameters</name>
    <message>
        <location filename="../../processing_provider/parameters.py" line="46" />
        <source>{} product</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="48" />
        <source>Products</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="48" />
        <source>All files</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="50" />
        <source>The product: its folder (such as ….SAFE, typed or pasted), its metadata file (MTD_….xml) inside that folder, the zip archive as it was downloaded (it is read without unpacking), or a raster whose band descriptions name the bands.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="62" />
        <source>Bands to sharpen</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="64" />
        <source>Groups of bands to sharpen, named by their ground sampling distance in the product.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="70" />
        <source>Also write the bands that are fine already</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="71" />
        <source>Copies the bands of the finest grid unchanged into the output, so that one file holds all bands. Without it the output has the sharpened bands only.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="80" />
        <source>Extent (default: whole product)</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="81" />
        <source>Part of the product to work on, in any coordinate reference system. It is snapped outward to the coarsest pixels; the result equals that part of a run on the whole product.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="89" />
        <source>none</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="93" />
        <source>Model</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="100" />
        <source>Neural network to use; auto takes the recommended one for each group of bands.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="102" />
        <source>Installed: {}.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="109" />
        <source>Device</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="111" />
        <source>Where the network runs. auto takes the device of the SatSharp options or else the fastest one there is; a device that is chosen here but cannot be used is an error, never a silent fallback.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="122" />
        <source>Tile size (0 = automatic)</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="129" />
        <source>Side of the tiles in pixels of the output. It changes speed and memory, never the result; choose a smaller one where the device runs out of memory.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="138" />
        <source>Continue an interrupted run</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="139" />
        <source>Where an earlier run with the same input, model and parameters was killed, only what is missing is computed. Without it every run starts anew.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="149" />
        <source>Format</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="151" />
        <source>GeoTIFF is written tile by tile. COG (Cloud Optimized GeoTIFF) is a GeoTIFF ordered for reading over the web; it takes a further pass and twice the disk space while it is made.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="160" />
        <source>Super-resolved bands</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/parameters.py" line="161" />
        <source>GeoTIFF with all bands on the finest grid, in the digital numbers of the input. It appears under its name only when it is complete.</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>SatSharpAlgorithm</name>
    <message>
        <location filename="../../processing_provider/base.py" line="47" />
        <source>Cancelled; nothing was written.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/base.py" line="80" />
        <source>{} cannot be {}. Choose one of: {}.</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>SatSharpOptionsFactory</name>
    <message>
        <location filename="../../ui/options_page.py" line="99" />
        <source>SatSharp</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>SatSharpOptionsPage</name>
    <message>
        <location filename="../../ui/options_page.py" line="27" />
        <source> MB</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../ui/options_page.py" line="28" />
        <source> pixels</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../ui/options_page.py" line="33" />
        <source>The one that pip uses</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../ui/options_page.py" line="59" />
        <source>ONNX Runtime {} in {}. Execution providers: {}.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../ui/options_page.py" line="72" />
        <source>Device for “auto”</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../ui/options_page.py" line="73" />
        <source>Memory for a run</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../ui/options_page.py" line="74" />
        <source>Tile size</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../ui/options_page.py" line="75" />
        <source>Folder of your own models</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../ui/options_page.py" line="76" />
        <source>Package index for ONNX Runtime</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../ui/options_page.py" line="77" />
        <source>ONNX Runtime</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../ui/options_page.py" line="89" />
        <source>automatic</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>SatSharpPlugin</name>
    <message>
        <location filename="../../plugin/main.py" line="46" />
        <source>Another Processing provider already has the id satsharp. Disable the other one.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../plugin/main.py" line="77" />
        <source>Super-resolve Sentinel-2 product…</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../plugin/main.py" line="90" />
        <location filename="../../plugin/main.py" line="80" />
        <source>SatSharp</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>SatSharpProvider</name>
    <message>
        <location filename="../../processing_provider/provider.py" line="39" />
        <source>SatSharp (super-resolution of satellite images)</source>
        <translation type="unfinished" />
    </message>
</context><context>
    <name>SuperResolveProduct</name>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="73" />
        <source>Super-resolve {} product</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="81" />
        <source>Super-resolution</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="85" />
        <source>super-resolution,superresolution,sharpen,pansharpen,upscale,downscale,resolution,onnx,ai,10 m</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="90" />
        <source>Brings the coarse bands of a {} product to {} with a neural network.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="117" />
        <source>Ground sampling distance of the result</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="118" />
        <source>Execution provider that was used</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="119" />
        <source>Models that were used</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="125" />
        <source>{} does not exist. Check the path of the product.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="129" />
        <source>OUTPUT is a GeoTIFF: its name must end in .tif, not in {}.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="220" />
        <source>Product: {}, level {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="220" />
        <source>unknown</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="221" />
        <source>Offset of the digital numbers: {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="222" />
        <source>Models: {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="223" />
        <source>Output: {} bands, {} x {} pixels of {} m</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="226" />
        <source>Tiles of {} pixels, device {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="236" />
        <source>All bands of {} on the {} grid, in the digital numbers of the input.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <location filename="../../processing_provider/superresolve_product.py" line="240" />
        <source>Super-resolved by SatSharp with {} from {} ({}).</source>
        <translation type="unfinished" />
    </message>
</context></TS>
