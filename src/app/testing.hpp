#pragma once

#include "app/services.hpp"
#include "app/site.hpp"
#include "crypto/random.hpp"
#include "testing/database.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>

namespace usher::app {

/// Everything but the network: real services on a data directory of their own, and one loop's site.
class House {
 public:
  explicit House(config::Config settings = {}) : config{prepared(std::move(settings), folder.path())} {}

  /// Made anew at each call; lives as long as the house.
  http::Site& site()
  {
    site_ = make_site(services)(context.get_executor());
    return *site_;
  }

  usher::testing::TempFolder folder{};
  const config::Config config;
  Services services{config};
  boost::asio::io_context context{1};

 private:
  static config::Config prepared(config::Config settings, const std::filesystem::path& folder)
  {
    crypto::start();
    settings.data.dir = folder / "data";
    settings.log.level = config::LogLevel::off;
    settings.passwords.threads = 1;
    settings.http.metrics_listen = "same";
    return settings;
  }

  std::unique_ptr<http::Site> site_;
};

}  // namespace usher::app
