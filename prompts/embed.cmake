# Writes OUT, a header with the text of FILES (paths relative to FOLDER) as string literals.
set(content "// Made from prompts/ by prompts/embed.cmake.\n#pragma once\n\n#include <string_view>\n#include <utility>\n\n")
string(APPEND content "inline constexpr std::pair<std::string_view, std::string_view> kEmbeddedPrompts[] = {\n")
foreach(file IN LISTS FILES)
  file(READ ${FOLDER}/${file} text)
  string(APPEND content "    {\"${file}\", R\"#culprit#(${text})#culprit#\"},\n")
endforeach()
string(APPEND content "};\n")
file(WRITE ${OUT} "${content}")
