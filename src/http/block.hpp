#pragma once

#include "http/head_parser.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace usher::http {

/// Everything a connection needs while a request is under way, and nothing it keeps while idle. Views in
/// `request` point into `in` and `notes`.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): `out` and `notes` are written before they are read
struct Block {
  static constexpr std::size_t in_size = std::size_t{16} * 1024;
  static constexpr std::size_t out_size = std::size_t{32} * 1024;

  // NOLINTNEXTLINE(*-avoid-c-arrays): its size changes, and unlike a vector it is never filled with zeros
  std::unique_ptr<char[]> in{std::make_unique_for_overwrite<char[]>(in_size)};
  std::size_t in_capacity{in_size};  ///< grows for the rare large message, and shrinks back on return
  std::array<char, out_size> out;
  std::size_t out_used{0};
  std::string large{};                          ///< a body that does not fit into `out`; sent after it
  std::shared_ptr<const std::string> shared{};  ///< or one that is not ours alone

  Response answer{};  ///< to the current request

  Request request{};
  Framing framing{};
  struct Notes {
    std::array<char, 48> address;     ///< Request::address, when it is not the peer's
    std::array<char, 24> request_id;  ///< Request::request_id, when it is ours
  } notes;

  bool has_large() const noexcept { return shared || !large.empty(); }
  /// What is left of `out`, then of the large body, behind the first `sent` bytes of both; empty at the end.
  std::string_view unsent(std::size_t sent) const noexcept
  {
    if (sent < out_used) {
      return {out.data() + sent, out_used - sent};
    }
    return (shared ? std::string_view{*shared} : std::string_view{large}).substr(sent - out_used);
  }
  void forget_sent() noexcept
  {
    out_used = 0;
    large = {};
    shared = {};
  }
};

/// Free blocks of one network loop.
class BlockPool {
 public:
  static constexpr std::size_t kept_max = 128;

  std::unique_ptr<Block> take();
  void give_back(std::unique_ptr<Block> block);

 private:
  std::vector<std::unique_ptr<Block>> free_;
};

/// A block on loan; goes home when its holder lets go.
class Lease {
 public:
  explicit Lease(BlockPool& pool) : pool_{pool} {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() { release(); }

  Block& get()
  {
    if (!block_) {
      block_ = pool_.take();
    }
    return *block_;
  }

  void release()
  {
    if (block_) {
      pool_.give_back(std::move(block_));
    }
  }

 private:
  BlockPool& pool_;
  std::unique_ptr<Block> block_;
};

}  // namespace usher::http
