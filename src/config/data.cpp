#include "config/data.hpp"

#include "config/checks.hpp"
#include "config/define.hpp"

#include <array>

namespace usher::config {
namespace {

constexpr std::array settings{
    define<&Config::data, &Data::dir>(
        "data.dir",
        "Folder of the database and the master key; made when it is not there.",
        {.check = problem_with_empty, .short_flag = "--data"}
    ),
    define<&Config::data, &Data::url>(
        "data.url",
        "The database: `sqlite:` for usher.db in the data directory, `sqlite:FILE` for another file.",
        {.check = problem_with_database_url, .short_flag = "--db"}
    ),
    define<&Config::data, &Data::queue_max>(
        "data.queue_max",
        "Most changes waiting to be written; beyond it the answer is 503.",
        {.min = 16, .max = 1'000'000}
    ),
    define<&Config::data, &Data::batch_max>(
        "data.batch_max", "Most changes written in one transaction.", {.min = 1, .max = 10'000}
    ),
    define<&Config::master, &Master::key>(
        "master.key",
        "32 bytes as base64url that seal the signing keys in the database. Without it the file `master.key` "
        "in "
        "the data directory serves, made at the first start.",
        {}
    ),
};

}  // namespace

std::string Data::database_file() const
{
  constexpr std::string_view scheme = "sqlite:";
  const std::string_view named = std::string_view{url}.substr(scheme.size());
  return named.empty() ? dir + "/usher.db" : std::string{named};
}

std::span<const Setting> data_settings()
{
  return settings;
}

}  // namespace usher::config
