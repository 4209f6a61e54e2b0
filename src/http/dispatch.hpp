#pragma once

#include "http/cors.hpp"
#include "http/refusals.hpp"
#include "http/site.hpp"
#include "log/log.hpp"

#include <exception>
#include <optional>

namespace usher::http {

/// From a request to its answer: route, gate, body and Accept, handler, problem. The one place where faults
/// are caught: logged with the request id, answered 503 or 500 without a word about the inside. One per loop.
class Dispatch {
 public:
  Dispatch(Site& site, const Cors& cors, log::Logger& log) : site_{site}, cors_{cors}, log_{log} {}

  struct Plan {
    const Router::Entry* entry{nullptr};  ///< nullptr: nothing answers to that path and method
    std::optional<Response> response{};   ///< empty: the handler waits; co_await finish()
  };

  /// Everything that needs no waiting, handlers that answer at once included.
  Plan begin(Request& request);

  /// Runs a handler that waits.
  Task<Response> finish(Request& request, const Router::Entry& entry);

  /// For bytes that are no request.
  static Response refused(const Complaint& complaint, std::string_view request_id);

 private:
  Result<const Router::Entry*> admit(Request& request, const Router::Entry*& entry) const;
  Response options(const Request& request) const;
  Response settle(const Request& request, const Router::Entry* entry, Answer answer) const;
  Response failed(const Request& request, const Router::Entry* entry, const std::exception_ptr& fault) const;

  Site& site_;
  const Cors& cors_;
  log::Logger& log_;
};

}  // namespace usher::http
