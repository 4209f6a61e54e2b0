#pragma once

#include "db/database.hpp"

#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace usher::db {

/// Who wants to hear of which channel, and what they have not heard yet. Thread-safe.
class Listeners {
 public:
  void add(std::string_view channel, std::function<void(Tx&)> heard);

  /// Something was said on `channel`; it is told at the next call_marked().
  void mark(std::string_view channel);
  /// Somebody else wrote, nobody knows what: everyone is told.
  void mark_all();
  bool marked() const;

  /// Calls whoever is marked, in the order of registration. One that throws stays marked, to be told again;
  /// hands back the last such exception, or null.
  std::exception_ptr call_marked(Tx& tx);

 private:
  struct Listener {
    std::string channel;
    std::function<void(Tx&)> heard;
    bool marked{false};
  };

  mutable std::mutex mutex_;
  std::vector<Listener> listeners_;
};

}  // namespace usher::db
