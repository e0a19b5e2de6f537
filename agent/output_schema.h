// The shape in which a script wants the answer: a JSON Schema (culprit ask --output-schema).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/json.h"

namespace valijson {
class Schema;
}

namespace culprit {

class OutputSchema {
  public:
    // Fails as read_file and parse_json do, and with Invalid for what is no schema, or names one elsewhere.
    static Result<OutputSchema> load(const fs::path& file);
    OutputSchema(OutputSchema&&) noexcept;
    OutputSchema& operator=(OutputSchema&&) noexcept;
    ~OutputSchema();

    // For the model: that its final answer must have this shape.
    std::string request() const;

    // The value that an answer is, or that stands in its only code fence. Fails with Invalid, naming all that
    // does not fit.
    Result<Json> read(std::string_view answer) const;

  private:
    OutputSchema(std::string text, std::unique_ptr<valijson::Schema> schema);
    std::string text_;
    std::unique_ptr<valijson::Schema> schema_;
};

// For the model, when its answer did not fit: what is wrong and what to do.
std::string schema_repair_request(const Error& error);

}  // namespace culprit
