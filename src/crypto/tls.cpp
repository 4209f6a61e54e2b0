#include "crypto/tls.hpp"

#include "base/fault.hpp"
#include "crypto/openssl.hpp"

#include <openssl/ssl.h>

#include <array>
#include <utility>

namespace usher::crypto {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};

struct FreeSsl {
  void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
};

using Context = std::unique_ptr<SSL_CTX, FreeContext>;
using Ssl = std::unique_ptr<SSL, FreeSsl>;

constexpr std::array<unsigned char, 9> alpn_http11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

[[noreturn]] void fail(const std::string& what)
{
  const char* const reason = ERR_reason_error_string(ERR_peek_error());
  const std::string why = reason == nullptr ? "" : std::string{" ("} + reason + ")";
  ERR_clear_error();
  throw Fault{what + why};
}

/// RFC 7301: http/1.1 where it is offered; a client that offers only others gets an alert.
// NOLINTNEXTLINE(readability-function-size): OpenSSL's signature
int choose_protocol(
    SSL* /*ssl*/,
    const unsigned char** chosen,
    unsigned char* chosen_size,
    const unsigned char* offered,
    unsigned int offered_size,
    void* /*unused*/
)
{
  unsigned char* found = nullptr;
  const int outcome = SSL_select_next_proto(
      &found, chosen_size, alpn_http11.data(), alpn_http11.size(), offered, offered_size
  );
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// SSL_get_error() reads the thread's error queue, which must be empty before the call it is about.
Io outcome(SSL* ssl, int result, std::size_t bytes)
{
  if (result > 0) {
    return {.state = Io::State::done, .bytes = bytes};
  }
  const int error = SSL_get_error(ssl, result);
  ERR_clear_error();
  switch (error) {
    case SSL_ERROR_WANT_READ: return {.state = Io::State::want_read};
    case SSL_ERROR_WANT_WRITE: return {.state = Io::State::want_write};
    default: return {.state = Io::State::closed};
  }
}

Context make_context()
{
  Context context{SSL_CTX_new(TLS_server_method())};
  if (!context) {
    fail("TLS cannot start");
  }
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(
      context.get(),
      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
          SSL_OP_PRIORITIZE_CHACHA
  );
  SSL_CTX_set_mode(
      context.get(),
      SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
  );
  // Tickets resume sessions without a table of ours; the table itself stays empty.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  std::array groups{NID_X25519, NID_X9_62_prime256v1, NID_secp384r1};
  const bool good = SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!SHA1") == 1 &&
                    SSL_CTX_set1_groups(context.get(), groups.data(), static_cast<int>(groups.size())) == 1;
  if (!good) {
    fail("TLS cannot start: this OpenSSL lacks the usual ciphers");
  }
  return context;
}

}  // namespace

class TlsContext::State {
 public:
  Context context{make_context()};
};

TlsContext::TlsContext(const std::string& cert_file, const std::string& key_file)
    : state_{std::make_unique<State>()}
{
  SSL_CTX* const context = state_->context.get();
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(context, cert_file.c_str()) != 1) {
    fail("tls.cert: \"" + cert_file + "\" is not a readable PEM certificate chain");
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool mismatch = ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    fail(
        "tls.key: \"" + key_file +
        (mismatch ? "\" is not the key of tls.cert" : "\" is not a readable PEM private key")
    );
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    fail("tls.key: \"" + key_file + "\" is not the key of tls.cert");
  }
}

TlsContext::~TlsContext() = default;

class TlsStream::State {
 public:
  explicit State(Ssl owned) : ssl{std::move(owned)} {}

  Ssl ssl;
  bool established{false};
};

TlsStream::TlsStream(const TlsContext& context, int socket)
    : state_{std::make_unique<State>(Ssl{SSL_new(context.state_->context.get())})}
{
  SSL* const ssl = state_->ssl.get();
  if (ssl == nullptr || SSL_set_fd(ssl, socket) != 1) {
    fail("no memory for a TLS connection");
  }
  SSL_set_accept_state(ssl);
}

TlsStream::TlsStream(TlsStream&&) noexcept = default;
TlsStream& TlsStream::operator=(TlsStream&&) noexcept = default;
TlsStream::~TlsStream() = default;

Io TlsStream::handshake()
{
  ERR_clear_error();
  const int result = SSL_do_handshake(state_->ssl.get());
  state_->established = result == 1;
  return outcome(state_->ssl.get(), result, 0);
}

Io TlsStream::read_some(std::span<char> into)
{
  ERR_clear_error();
  std::size_t bytes = 0;
  const int result = SSL_read_ex(state_->ssl.get(), into.data(), into.size(), &bytes);
  return outcome(state_->ssl.get(), result, bytes);
}

Io TlsStream::write_some(std::string_view bytes)
{
  ERR_clear_error();
  std::size_t written = 0;
  const int result = SSL_write_ex(state_->ssl.get(), bytes.data(), bytes.size(), &written);
  return outcome(state_->ssl.get(), result, written);
}

bool TlsStream::has_pending() const
{
  return SSL_has_pending(state_->ssl.get()) == 1;
}

void TlsStream::finish()
{
  if (!state_->established) {
    return;
  }
  ERR_clear_error();
  SSL_shutdown(state_->ssl.get());
  ERR_clear_error();
}

}  // namespace usher::crypto
