#pragma once

#include "base/task.hpp"
#include "db/door.hpp"
#include "http/router.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace usher::testing {

/// What a request brings besides its method and target.
struct Call {
  Caller caller{};
  std::string body{};
  std::optional<std::string> if_match{};  ///< nothing: no such header
};

/// A router with its loop and its door to the database, and nothing of the network: what a handler answers to
/// a request that the gate has let through.
class Front {
 public:
  explicit Front(db::Database& database) : door_{database, io_.get_executor()} {}

  http::Router& router() noexcept { return router_; }
  db::Door& door() noexcept { return door_; }

  /// `target` without a host: "/api/users?limit=2".
  http::Answer call(http::Method method, std::string target, const Call& with = {})
  {
    const auto mark = target.find('?');
    http::Request request{
        .method = method,
        .target = target,
        .path = std::string_view{target}.substr(0, mark),
        .query = mark == std::string::npos ? std::string_view{} : std::string_view{target}.substr(mark + 1),
        .body = with.body,
        .if_match = with.if_match ? std::string_view{*with.if_match} : std::string_view{},
        .request_id = "test",
        .address = "192.0.2.1",
        .caller = with.caller
    };
    USHER_TRY(const http::Router::Entry* entry, router_.match(request));
    if (const auto* at_once = std::get_if<http::Router::AtOnce>(&entry->handler)) {
      return (*at_once)(request);
    }
    return wait_for(std::get<http::Router::Waits>(entry->handler), request);
  }

 private:
  http::Answer wait_for(const http::Router::Waits& handler, const http::Request& request)
  {
    std::optional<http::Answer> answer;
    auto run = [&]() -> Task<> {
      auto got = co_await handler(request);
      answer.emplace(std::move(got));
    };
    boost::asio::co_spawn(io_.get_executor(), run, [](const std::exception_ptr& fault) {
      if (fault) {
        std::rethrow_exception(fault);
      }
    });
    io_.restart();
    while (!answer) {
      io_.run_one();
    }
    return *std::move(answer);
  }

  boost::asio::io_context io_{1};
  db::Door door_;
  http::Router router_;
};

}  // namespace usher::testing
