#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "cli/command.hpp"
#include "db/database.hpp"

#include <memory>
#include <string>

namespace usher::cli {

/// What commands that work on the database share. A running server notices their changes within a second.
struct Session {
  config::Loaded loaded;
  std::unique_ptr<db::Database> database;
  SystemClock clock;

  explicit Session(const Invocation& invocation);
};

/// A refusal as the command's end: "the e-mail address is taken (email_taken)", every wrong field on its own
/// line.
Failure refused(const Error& error);

/// The value, or throws refused().
template <class T>
T value_of(Result<T> result)
{
  if (!result) {
    throw refused(result.error());
  }
  return std::move(result).value();
}

/// `text` as a positive whole number. Throws Failure.
std::int64_t number_of(std::string_view text, std::string_view what);

}  // namespace usher::cli
