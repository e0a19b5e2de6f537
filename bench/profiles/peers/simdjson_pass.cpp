// Goes through a JSON file once with simdjson on demand, adding up all of its numbers: the least that reading
// it can cost.
#include <cstdio>

#include <simdjson.h>

namespace {

using namespace simdjson;

double sum_of(ondemand::value value) {
    double sum = 0;
    switch (value.type()) {
        case ondemand::json_type::array:
            for (ondemand::value each : value.get_array()) sum += sum_of(each);
            return sum;
        case ondemand::json_type::object:
            for (auto field : value.get_object()) sum += sum_of(field.value());
            return sum;
        case ondemand::json_type::number: return value.get_double();
        default: return 0;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    try {
        const padded_string json = padded_string::load(argv[1]);
        ondemand::parser parser;
        ondemand::document document = parser.iterate(json);
        std::printf("%f\n", sum_of(document.get_value()));
    } catch (const simdjson_error& error) {
        std::fprintf(stderr, "%s: %s\n", argv[1], error.what());
        return 1;
    }
    return 0;
}
