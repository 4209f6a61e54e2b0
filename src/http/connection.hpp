#pragma once

#include "http/loop.hpp"
#include "http/peer.hpp"

namespace usher::http {

/// One connection from its first byte to its last. Ends when the client, a deadline or the loop says so.
Task<> serve_plain(Loop& loop, Socket socket, Peer peer);
Task<> serve_tls(Loop& loop, Socket socket, Peer peer, const crypto::TlsContext& context);

}  // namespace usher::http
