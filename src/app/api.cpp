#include "app/api.hpp"

#include "app/features.hpp"
#include "app/services.hpp"
#include "app/start_fault.hpp"
#include "crypto/random.hpp"

#include <boost/asio/io_context.hpp>
#include <sysexits.h>

#include <cstdlib>
#include <filesystem>

namespace usher::app {
namespace {

/// A folder of its own in the system's place for them, removed at the end.
class Scratch {
 public:
  Scratch() : path_{std::filesystem::temp_directory_path() / "usher-XXXXXX"}
  {
    if (::mkdtemp(path_.data()) == nullptr) {
      throw StartFault{
          EX_CANTCREAT, "no folder can be made in " + std::filesystem::temp_directory_path().string()
      };
    }
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch()
  {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

config::Config quiet(const std::string& folder)
{
  config::Config config;
  config.data.dir = folder;
  config.passwords.threads = 1;
  config.log.level = config::LogLevel::off;
  return config;
}

struct Parts {
  Scratch scratch{};
  const config::Config config{quiet(scratch.path())};
  Services services{config};
  boost::asio::io_context context{1};
  Loop loop{services, context.get_executor()};
};

}  // namespace

std::unique_ptr<Api> describe_api()
{
  crypto::start();
  const auto parts = std::make_shared<Parts>();
  auto api = std::make_unique<Api>();
  api->kept = parts;
  mount_features(api->router, parts->services, parts->loop);
  mount_documents(api->router, parts->services.documents);
  return api;
}

}  // namespace usher::app
