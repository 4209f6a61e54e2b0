#pragma once

#include "config/config.hpp"
#include "crypto/seal.hpp"
#include "db/database.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace usher::app {

enum class Missing {
  create,  ///< make folder and database: `serve`, `init-db`
  refuse,  ///< say how to make one: every other command
};

/// How a database stands after it was opened.
struct Opened {
  std::unique_ptr<db::Database> database;
  bool created{false};
  int migrations{0};  ///< how many were applied just now
};

/// Opens what data.url names and brings its schema up to date; the data directory is made with mode 0700.
/// Throws StartFault, also when others may read the database's files.
Opened open_database(
    const config::Config& config, Missing missing, const std::function<void(std::string_view)>& report = {}
);

/// From master.key (USHER_MASTER_KEY), else from the file master.key in the data directory, which is made
/// (0600) unless `missing` says to refuse. Throws StartFault when it is not 32 bytes of base64url, or may be
/// read by others.
crypto::MasterKey open_master_key(const config::Config& config, Missing missing);

}  // namespace usher::app
