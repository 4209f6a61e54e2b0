#pragma once

#include "base/secret.hpp"
#include "config/setting.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace usher::config {

struct Data {
  std::string dir{"./usher-data"};
  std::string url{"sqlite:"};  ///< "sqlite:" alone: usher.db in `dir`
  std::size_t queue_max{10'000};
  std::size_t batch_max{256};

  std::string database_file() const;  ///< of a sqlite: URL
};

/// The key that seals private keys in the database.
struct Master {
  Secret key{};  ///< base64url; empty: the file master.key in the data directory
};

std::span<const Setting> data_settings();

}  // namespace usher::config
