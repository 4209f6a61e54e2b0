#pragma once

#include "app/session_model_testing.hpp"
#include "base/caller.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "features/auth/service.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace usher::app::model {

enum class Kind {
  log_in,
  refresh,
  refresh_unissued,  ///< with a number that is ahead of the session's: from before a restore
  access_unissued,   ///< of a role that its user does not have: from before a restore as well
  log_out,
  end_one,
  end_others,
  end_all,
  change_password,
  freshen,
  end_theirs,  ///< from here on by an administrator, or from the shell
  end_one_of_theirs,
  reset_password,
  change_role,
  disable,
  enable,
  erase,
  finish,  ///< carries out what was let through at the gate before
  clock,   ///< from here on for everybody at once; `a` seconds, perhaps backwards
  restart,
  sweep,
};

inline std::string_view name_of(Kind kind)
{
  static constexpr std::array<std::string_view, 21> names{
      "log in",          "refresh",     "refresh unissued",
      "access unissued", "log out",     "end one",
      "end others",      "end all",     "change password",
      "freshen",         "end theirs",  "end one of theirs",
      "reset password",  "change role", "disable",
      "enable",          "delete",      "finish",
      "clock",           "restart",     "sweep",
  };
  return names.at(static_cast<std::size_t>(kind));
}

/// What is chosen stands as plain numbers, taken modulo what there is to choose from: so a sequence keeps its
/// meaning when steps before are left out. Steps of one round share a transaction.
struct Step {
  int round{};
  Kind kind{};
  bool parks{};  ///< passes the gate now; is done at a later `finish`
  std::int64_t a{};
  std::uint32_t b{};
  std::uint32_t c{};
};

/// Let through at the gate, on its way to the writer.
struct Request {
  Kind kind{};
  std::size_t step{};
  Seconds now{};
  Caller caller{};
  Actor actor{};
  std::size_t token{};               ///< the refresh token
  std::size_t who{};                 ///< whom it is about
  std::size_t which{Model::nobody};  ///< session it is about
  std::int64_t password{};           ///< that was shown
  bool flag{};
  std::string outcome;
  std::optional<auth::Grant> grant{};
};

inline std::string hash_of(std::int64_t password)
{
  return fmt::format("${}$", password);
}

inline Instant instant(Seconds seconds)
{
  return from_epoch(seconds);
}

template <class T>
std::string code_of(const Result<T>& result)
{
  return result ? std::string{"done"} : std::string{result.error().code()};
}

}  // namespace usher::app::model
