#pragma once

#include "features/accounts/account.hpp"
#include "features/users/user.hpp"

#include <iosfwd>
#include <vector>

namespace usher::cli {

enum class Layout { table, json };

/// Users as they come in, page by page: a table with a head, or one JSON list.
class UserList {
 public:
  UserList(std::ostream& out, Layout layout) : out_{out}, layout_{layout} {}

  void add(const std::vector<users::User>& users);
  void finish();

 private:
  std::ostream& out_;
  Layout layout_;
  bool begun_{false};
};

void print_account(std::ostream& out, const accounts::Account& account, Layout layout);

}  // namespace usher::cli
