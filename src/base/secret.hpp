#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace usher {

/// Bytes that must not outlive their use: wiped on destruction, moved but never copied, never printed.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_{std::move(bytes)} {}
  explicit Secret(std::string_view bytes) : bytes_{bytes} {}
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept : bytes_{std::move(other.bytes_)} { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept
  {
    if (this != &other) {
      wipe();
      bytes_ = std::move(other.bytes_);
      other.wipe();
    }
    return *this;
  }
  ~Secret() { wipe(); }

  std::string_view reveal() const noexcept { return bytes_; }

  bool empty() const noexcept { return bytes_.empty(); }

 private:
  void wipe() noexcept;

  std::string bytes_;
};

}  // namespace usher
