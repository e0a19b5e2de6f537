// The facts of a file of any language but C#, from the query of its language in prompts/languages.
//
// A match there is one of: a definition (captured as what it is: @package @namespace @class @struct
// @interface @enum
// @record @method @constructor @function @declared @field @property @enum_member, with @name, @parameters,
// @result, @base,
// @scope), @extend (a block that adds to the type @name), @call and @create (@callee, @receiver, @arguments),
// @local
// (@local.name, @local.type).
#pragma once

#include <stop_token>
#include <string_view>

#include "tools/source/query.h"
#include "tools/source/segment.h"
#include "tools/source/syntax.h"

namespace culprit {

// Adds what `query` finds in `text` to the file that `out` has open. Fails as Parser::parse does.
Result<> extract_tagged(Parser& parser, const Query& query, std::string_view text, SegmentBuilder& out,
                        std::stop_token stop);

}  // namespace culprit
