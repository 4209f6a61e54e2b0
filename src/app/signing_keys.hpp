#pragma once

#include "config/load.hpp"
#include "crypto/seal.hpp"
#include "db/database.hpp"
#include "features/keys/service.hpp"
#include "tokens/keyring.hpp"

#include <memory>

namespace usher::app {

keys::Options key_options(const config::Config& config);

/// For the server: the ring, after its keys were brought to what the settings want. Throws Fault when the
/// master key does not open them.
std::shared_ptr<const tokens::KeyRing> open_ring(
    const config::Config& config, const crypto::MasterKey& master, db::Database& database
);

/// For commands: the ring as it is, whatever algorithm this command's own settings name; the first keys are
/// made when there are none.
std::shared_ptr<const tokens::KeyRing> open_ring_as_it_is(
    const config::Config& config, const crypto::MasterKey& master, db::Database& database
);

/// For commands: with the algorithm of the active key, unless tokens.alg is set; so that a command that was
/// not given the server's flags does not change what the server signs with.
keys::Options key_options_in_use(const config::Loaded& loaded, db::Database& database);

}  // namespace usher::app
