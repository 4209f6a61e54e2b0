#pragma once

#include "http/block.hpp"
#include "http/compose.hpp"

#include <cstddef>
#include <optional>

namespace usher::http {

/// Puts block.answer behind what waits in block.out; a body that does not fit goes to block.large, to be sent
/// after it. How many bytes that will be on the wire, or nothing when what waits must leave first.
std::optional<std::size_t> put_answer(Block& block, const Envelope& envelope);

/// "100 Continue", where there is room: a client that does not get it sends its body after a while.
void put_continue(Block& block);

}  // namespace usher::http
