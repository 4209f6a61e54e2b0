#include "crypto/tls.hpp"

#include "base/fault.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace usher::crypto {
namespace {

using ::testing::HasSubstr;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(FILE* file) const { std::fclose(file); }  // NOLINT(cppcoreguidelines-owning-memory)
};

template <class T>
using Owned = std::unique_ptr<T, Free>;

/// A self-signed certificate and its key in files of their own.
class Identity {
 public:
  Identity()
  {
    std::string folder = (std::filesystem::temp_directory_path() / "usher-tls-XXXXXX").string();
    EXPECT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    std::string curve{"P-256"};
    const Owned<EVP_PKEY> key{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve.data())};
    const Owned<X509> certificate{X509_new()};
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const Owned<FILE> cert_out{std::fopen(cert().c_str(), "w")};
    PEM_write_X509(cert_out.get(), certificate.get());
    const Owned<FILE> key_out{std::fopen(this->key().c_str(), "w")};
    PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;
  ~Identity() { std::filesystem::remove_all(folder_); }

  std::string cert() const { return folder_ + "/cert.pem"; }
  std::string key() const { return folder_ + "/key.pem"; }

 private:
  std::string folder_;
};

std::string why_not(const std::string& cert, const std::string& key)
{
  try {
    const TlsContext context{cert, key};
  } catch (const Fault& fault) {
    return fault.what();
  }
  return "it works";
}

TEST(TlsContext, says_which_file_is_wrong)
{
  const Identity one;
  const Identity other;
  EXPECT_EQ(why_not(one.cert(), one.key()), "it works");
  EXPECT_THAT(why_not("/nowhere", one.key()), HasSubstr("tls.cert: \"/nowhere\""));
  EXPECT_THAT(why_not(one.key(), one.key()), HasSubstr("tls.cert: \"" + one.key()));
  EXPECT_THAT(why_not(one.cert(), "/nowhere"), HasSubstr("tls.key: \"/nowhere\""));
  EXPECT_THAT(why_not(one.cert(), one.cert()), HasSubstr("tls.key: \"" + one.cert()));
  EXPECT_THAT(why_not(one.cert(), other.key()), HasSubstr("is not the key of tls.cert"));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

class SocketPair {
 public:
  SocketPair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends_.data()), 0); }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;
  ~SocketPair()
  {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }

  int server() const { return ends_[0]; }
  int client() const { return ends_[1]; }

 private:
  std::array<int, 2> ends_{};
};

/// Both ends in one thread, driven in turn.
class TlsStreams : public ::testing::Test {
 protected:
  TlsStreams()
  {
    std::signal(SIGPIPE, SIG_IGN);
    SSL_set_fd(client.get(), sockets.client());
    SSL_set_connect_state(client.get());
  }

  Io::State shake_hands()
  {
    Io::State state = Io::State::want_read;
    int connected = 0;
    for (int round = 0; round < 10 && !(state == Io::State::done && connected == 1); ++round) {
      connected = connected == 1 ? 1 : SSL_do_handshake(client.get());
      state = state == Io::State::want_read ? server.handshake().state : state;
    }
    ERR_clear_error();
    return state;
  }

  const Identity identity{};
  const TlsContext context{identity.cert(), identity.key()};
  const SocketPair sockets{};
  const Owned<SSL_CTX> client_context{SSL_CTX_new(TLS_client_method())};
  const Owned<SSL> client{SSL_new(client_context.get())};
  TlsStream server{context, sockets.server()};
  std::array<char, 1024> buffer{};
};

TEST_F(TlsStreams, carry_bytes_both_ways)
{
  ASSERT_EQ(shake_hands(), Io::State::done);
  EXPECT_EQ(server.read_some(buffer).state, Io::State::want_read);
  SSL_write(client.get(), "hello", 5);
  const Io read = server.read_some(buffer);
  EXPECT_EQ(std::string_view(buffer.data(), read.bytes), "hello");
  EXPECT_EQ(server.write_some("world").bytes, 5U);
  EXPECT_EQ(SSL_read(client.get(), buffer.data(), static_cast<int>(buffer.size())), 5);
}

TEST_F(TlsStreams, speak_tls_1_3_and_choose_http_1_1)
{
  constexpr std::array<unsigned char, 12> offers{2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_set_alpn_protos(client.get(), offers.data(), offers.size());
  ASSERT_EQ(shake_hands(), Io::State::done);
  EXPECT_STREQ(SSL_get_version(client.get()), "TLSv1.3");
  const unsigned char* chosen = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(client.get(), &chosen, &size);
  ASSERT_EQ(size, 8U);
  EXPECT_TRUE(std::equal(chosen, chosen + size, offers.begin() + 4));
}

TEST_F(TlsStreams, refuse_clients_that_want_only_http_2)
{
  constexpr std::array<unsigned char, 3> offers{2, 'h', '2'};
  SSL_set_alpn_protos(client.get(), offers.data(), offers.size());
  EXPECT_EQ(shake_hands(), Io::State::closed);
}

TEST_F(TlsStreams, refuse_versions_before_1_2)
{
  SSL_set_min_proto_version(client.get(), TLS1_VERSION);
  SSL_set_max_proto_version(client.get(), TLS1_1_VERSION);
  SSL_set_cipher_list(client.get(), "ALL:@SECLEVEL=0");
  EXPECT_EQ(shake_hands(), Io::State::closed);
}

TEST_F(TlsStreams, speak_tls_1_2_only_with_forward_secrecy)
{
  SSL_set_max_proto_version(client.get(), TLS1_2_VERSION);
  SSL_set_cipher_list(client.get(), "ALL");
  ASSERT_EQ(shake_hands(), Io::State::done);
  EXPECT_THAT(SSL_get_cipher_name(client.get()), HasSubstr("ECDHE"));
}

TEST_F(TlsStreams, close_on_plain_http)
{
  const std::string_view plain = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_EQ(::send(sockets.client(), plain.data(), plain.size(), 0), static_cast<ssize_t>(plain.size()));
  EXPECT_EQ(server.handshake().state, Io::State::closed);
}

TEST_F(TlsStreams, know_what_is_still_to_be_read)
{
  ASSERT_EQ(shake_hands(), Io::State::done);
  SSL_write(client.get(), "hello", 5);
  EXPECT_EQ(server.read_some(std::span{buffer}.first(2)).bytes, 2U);
  EXPECT_TRUE(server.has_pending());
  EXPECT_EQ(server.read_some(buffer).bytes, 3U);
  EXPECT_FALSE(server.has_pending());
}

TEST_F(TlsStreams, wait_for_a_full_socket_and_go_on_from_another_buffer)
{
  ASSERT_EQ(shake_hands(), Io::State::done);
  const std::string piece(16 * 1024, 'x');
  std::size_t sent = 0;
  Io io{.state = Io::State::done};
  while ((io = server.write_some(piece)).state == Io::State::done) {
    sent += io.bytes;
  }
  EXPECT_EQ(io.state, Io::State::want_write);
  std::size_t received = 0;
  const auto drain = [&] {
    for (int count = 0;
         (count = SSL_read(client.get(), buffer.data(), static_cast<int>(buffer.size()))) > 0;) {
      received += static_cast<std::size_t>(count);
    }
  };
  drain();
  const std::string moved = piece;
  io = server.write_some(moved);
  EXPECT_EQ(io.state, Io::State::done);
  drain();
  EXPECT_EQ(received, sent + io.bytes);
}

TEST_F(TlsStreams, end_when_the_client_leaves_without_a_word)
{
  ASSERT_EQ(shake_hands(), Io::State::done);
  ::shutdown(sockets.client(), SHUT_RDWR);
  EXPECT_EQ(server.read_some(buffer).state, Io::State::closed);
  EXPECT_EQ(server.write_some("hello").state, Io::State::closed);
}

TEST_F(TlsStreams, say_goodbye)
{
  ASSERT_EQ(shake_hands(), Io::State::done);
  server.finish();
  EXPECT_EQ(SSL_read(client.get(), buffer.data(), 1), 0);
  EXPECT_EQ(SSL_get_shutdown(client.get()) & SSL_RECEIVED_SHUTDOWN, SSL_RECEIVED_SHUTDOWN);
}

}  // namespace
}  // namespace usher::crypto
