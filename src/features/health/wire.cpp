#include "features/health/wire.hpp"

#include <array>

namespace usher::health {
namespace {

constexpr std::array status_fields{
    json::field<&Status::status>("status", {}, "Always ok; anything else is a problem body.", R"("ok")"),
};

constexpr std::array version_fields{
    json::field<&Version::name>("name", {}, "The program.", R"("usher")"),
    json::field<&Version::version>("version", {}, "Its version.", R"("0.1.0")"),
};

}  // namespace

const json::Shape<Status> status_shape{"Status", status_fields};
const json::Shape<Version> version_shape{"Version", version_fields};

}  // namespace usher::health
