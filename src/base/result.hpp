#pragma once

#include "base/error.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <variant>

namespace usher {

/// Either a value or the reason there is none.
///
/// Spelled like std::expected<T, Error> so that the day our compiler has it, this file becomes an alias.
template <class T>
class [[nodiscard]] Result {
 public:
  // Implicit, so that `return user;` and `return refuse(...);` both read as they should.
  // NOLINTBEGIN(google-explicit-constructor)
  Result(T value) : state_{std::in_place_index<0>, std::move(value)} {}
  Result(Error error) : state_{std::in_place_index<1>, std::move(error)} {}
  // NOLINTEND(google-explicit-constructor)

  bool has_value() const noexcept { return state_.index() == 0; }

  explicit operator bool() const noexcept { return has_value(); }

  const T& value() const& { return std::get<0>(state_); }

  T& value() & { return std::get<0>(state_); }

  T&& value() && { return std::get<0>(std::move(state_)); }

  const Error& error() const& { return std::get<1>(state_); }

  Error&& error() && { return std::get<1>(std::move(state_)); }

  const T* operator->() const { return &value(); }

  T* operator->() { return &value(); }

  const T& operator*() const& { return value(); }

  T& operator*() & { return value(); }

  T&& operator*() && { return std::move(*this).value(); }

 private:
  std::variant<T, Error> state_;
};

/// "It worked, and there is nothing to hand back."
struct Done {};

/// A broken invariant is a bug in this program: says where, and ends it before it can do harm.
[[noreturn]] inline void broken(const char* what, const char* file, int line)
{
  std::fprintf(stderr, "usher: bug: %s does not hold at %s:%d\n", what, file, line);
  std::abort();
}

}  // namespace usher

/// On in release too. Never for input: input is refused, not asserted.
#define USHER_ASSERT(...) ((__VA_ARGS__) ? void(0) : ::usher::broken(#__VA_ARGS__, __FILE__, __LINE__))

#define USHER_JOIN_NOW(a, b) a##b
#define USHER_JOIN(a, b) USHER_JOIN_NOW(a, b)
#define USHER_TRY_AS(tmp, ret, decl, ...) \
  auto tmp = (__VA_ARGS__);               \
  if (!tmp) {                             \
    ret std::move(tmp).error();           \
  }                                       \
  decl = std::move(tmp).value()

/// USHER_TRY(const User user, find_user(tx, id)); leaves the function with the error, or declares the value.
#define USHER_TRY(decl, ...) USHER_TRY_AS(USHER_JOIN(usher_try_, __LINE__), return, decl, __VA_ARGS__)
/// The same inside a coroutine.
#define USHER_CO_TRY(decl, ...) USHER_TRY_AS(USHER_JOIN(usher_try_, __LINE__), co_return, decl, __VA_ARGS__)
/// For calls whose value is not needed.
#define USHER_CHECK(...)                                \
  if (auto usher_check = (__VA_ARGS__); !usher_check) { \
    return std::move(usher_check).error();              \
  }
/// The same inside a coroutine.
#define USHER_CO_CHECK(...)                             \
  if (auto usher_check = (__VA_ARGS__); !usher_check) { \
    co_return std::move(usher_check).error();           \
  }
