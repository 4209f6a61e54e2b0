#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace usher {

/// The executor of one network loop, by its own type: no type erasure on the hot path.
using Executor = boost::asio::io_context::executor_type;

/// A coroutine that runs on one network loop and is resumed only there.
template <class T = void>
using Task = boost::asio::awaitable<T, Executor>;

inline constexpr boost::asio::use_awaitable_t<Executor> use_task{};

}  // namespace usher
