#pragma once

#include "base/result.hpp"
#include "db/database.hpp"

namespace usher::health {

/// The cheapest question that the database itself has to answer. Throws PassingFault when it cannot.
Result<Done> reach(db::Tx& tx);

}  // namespace usher::health
