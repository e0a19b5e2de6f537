# Writes OUT, a header with the text of FILE as a string literal.
file(READ ${FILE} text)
file(WRITE ${OUT} "// Made from agent/provider/models.toml by embed.cmake.\n#pragma once\n\n#include <string_view>\n\n"
                  "inline constexpr std::string_view kEmbeddedModels = R\"#culprit#(${text})#culprit#\";\n")
