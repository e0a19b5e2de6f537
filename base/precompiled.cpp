// Nothing: this file exists so that the headers that all parts share are compiled once (CMakeLists.txt).
