#pragma once

#include "base/result.hpp"
#include "base/task.hpp"
#include "http/guard.hpp"
#include "http/request.hpp"
#include "http/response.hpp"
#include "json/shape.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace usher::http {

using Answer = Result<Response>;
using Reply = Task<Answer>;

/// A query parameter, for the documentation.
struct QueryParam {
  std::string_view name;
  std::string_view doc;
  std::string_view schema{R"({"type":"string"})"};  ///< JSON Schema, as text
};

/// One line of a feature's front door. `Deps` is whatever that feature was built from.
///
/// A handler either answers at once (reads: `Answer f(const Deps&, const Request&)`) or is a coroutine
/// (`Reply f(const Deps&, const Request&)`). From this table come routing, authorization and the OpenAPI
/// document; a test fails when a route leaves a part of it empty.
template <class Deps>
struct Route {
  using AtOnce = Answer (*)(const Deps&, const Request&);
  using Waits = Reply (*)(const Deps&, const Request&);

  Method method{Method::get};
  std::string_view pattern;  ///< "/api/users/{id}"
  Guard guard{Guard::admin};
  std::variant<AtOnce, Waits> handler;
  std::string_view operation;  ///< operationId, the handler's name: "put_user"
  std::string_view summary;
  const json::AnyShape* body{nullptr};  ///< nullptr: no body is read
  int status{200};
  const json::AnyShape* reply{nullptr};    ///< nullptr: no JSON (204, or reply_type says what)
  std::vector<const Refusal*> refusals{};  ///< beyond those that the guard and the front bring
  std::vector<QueryParam> query{};
  std::string_view reply_type{"application/json"};
  std::string_view body_type{"application/json"};  ///< form_type: checked, and read with form_value()
  std::string_view scope{};                        ///< what Guard::client asks for
};

/// Finds who answers a request. Knows no feature.
class Router {
 public:
  static constexpr std::size_t segments_max = 8;

  using AtOnce = std::function<Answer(const Request&)>;
  using Waits = std::function<Reply(const Request&)>;

  struct Entry {
    Method method{Method::get};
    std::string pattern;
    Guard guard{Guard::admin};
    std::variant<AtOnce, Waits> handler;
    std::string operation;
    std::string summary;
    const json::AnyShape* body{nullptr};
    int status{200};
    const json::AnyShape* reply{nullptr};
    std::vector<const Refusal*> refusals;
    std::vector<QueryParam> query;
    std::string reply_type;
    std::string body_type;
    std::string scope;
    std::size_t index{0};  ///< place in entries(); set by add()
  };

  /// Keeps one copy of `deps` alive for all of `routes`. A pattern and method that are there already: bug.
  template <class Deps>
  void mount(Deps deps, std::vector<Route<Deps>> routes)
  {
    const auto kept = std::make_shared<const Deps>(std::move(deps));
    for (Route<Deps>& route : routes) {
      add(
          {.method = route.method,
           .pattern = std::string{route.pattern},
           .guard = route.guard,
           .handler = bound(route, kept),
           .operation = std::string{route.operation},
           .summary = std::string{route.summary},
           .body = route.body,
           .status = route.status,
           .reply = route.reply,
           .refusals = std::move(route.refusals),
           .query = std::move(route.query),
           .reply_type = std::string{route.reply_type},
           .body_type = std::string{route.body_type},
           .scope = std::string{route.scope}}
      );
    }
  }  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): the entry's variant owns the handler

  void add(Entry entry);

  /// Fills request.params; a literal segment beats a {param}. HEAD finds GET. Refuses with
  /// not_found/route_not_found or method_not_allowed/method_not_allowed (then allowed() tells what to put
  /// into Allow).
  Result<const Entry*> match(Request& request) const;

  /// "GET, HEAD, OPTIONS, PUT" for the path; empty when nothing is there.
  std::string allowed(std::string_view path) const;

  const std::vector<std::unique_ptr<Entry>>& entries() const { return entries_; }

 private:
  template <class Deps>
  static std::variant<AtOnce, Waits> bound(const Route<Deps>& route, const std::shared_ptr<const Deps>& deps)
  {
    if (const auto* at_once = std::get_if<typename Route<Deps>::AtOnce>(&route.handler)) {
      return [deps, call = *at_once](const Request& request) { return call(*deps, request); };
    }
    const auto waits = std::get<typename Route<Deps>::Waits>(route.handler);
    return [deps, call = waits](const Request& request) { return call(*deps, request); };
  }

  struct Part {
    std::string text;
    bool param{false};
  };
  /// One path with everything that may be done there.
  struct Place {
    std::string pattern;
    std::vector<Part> parts{};
    std::array<const Entry*, static_cast<std::size_t>(Method::other)> methods{};
    std::string allowed{};
  };
  static std::string rank(const Place& place);
  static std::string allowed_of(const Place& place);
  Place& place_for(const std::string& pattern, std::span<const std::string_view> segments);
  const Place* find(std::string_view path, Request* request) const;

  std::vector<std::unique_ptr<Entry>> entries_;
  std::array<std::vector<Place>, segments_max> by_size_;  ///< by the number of segments, literals first
};

}  // namespace usher::http
