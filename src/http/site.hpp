#pragma once

#include "base/task.hpp"
#include "http/client_gate.hpp"
#include "http/gate.hpp"
#include "http/router.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace usher::http {

/// A last say over an answer before it is written, for those who need another letter of the contract
/// (app/compat.cpp). Neither is set in normal operation.
struct Hooks {
  /// Instead of problem(error); nothing keeps ours.
  std::function<std::optional<Response>(const Request&, const Error&)> on_error{};
  /// Instead of a success; may change it in place.
  std::function<void(const Request&, Response&)> on_success{};
};

/// What one network loop serves with. Made by app on that loop's own thread and destroyed there, so that
/// readers, token caches and doors need no locks. `kept` owns whatever router and authenticator refer to.
struct Site {
  std::shared_ptr<void> kept{};
  Router router{};
  std::unique_ptr<Authenticator> authenticator{};
  std::unique_ptr<ClientAuthenticator> clients{};  ///< needed where a route has Guard::client
  Hooks hooks{};
};

using MakeSite = std::function<std::unique_ptr<Site>(Executor executor)>;

}  // namespace usher::http
