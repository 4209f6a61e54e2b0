#include "base/fault.hpp"
#include "crypto/key_kinds.hpp"

#include <openssl/pem.h>

#include <climits>

namespace usher::crypto {
namespace {

constexpr std::size_t pem_bytes_max = 64UL * 1024;

/// Whoever asks for a pass phrase is told there is none; without this OpenSSL asks the terminal.
int no_pass_phrase(
    char* /*out*/, std::size_t /*room*/, std::size_t* length, const OSSL_PARAM* /*hints*/, void* /*arg*/
)
{
  *length = 0;
  return 0;
}

Owned<EVP_PKEY> from_pem(std::string_view pem, const char* type, int selection)
{
  const CleanErrors clean;
  if (pem.size() > pem_bytes_max) {
    return nullptr;
  }
  EVP_PKEY* key = nullptr;
  const Owned<OSSL_DECODER_CTX> decoder{
      OSSL_DECODER_CTX_new_for_pkey(&key, "PEM", nullptr, type, selection, nullptr, nullptr)
  };
  if (!decoder || OSSL_DECODER_CTX_set_passphrase_cb(decoder.get(), no_pass_phrase, nullptr) != 1) {
    throw Fault{"OpenSSL has no PEM decoder"};
  }
  const unsigned char* at = octets(pem);
  std::size_t left = pem.size();
  const bool decoded = OSSL_DECODER_from_data(decoder.get(), &at, &left) == 1;
  Owned<EVP_PKEY> owned{key};
  if (!decoded || !owned || EVP_PKEY_is_a(owned.get(), type) != 1) {
    return nullptr;
  }
  return owned;
}

std::string contents_of(BIO* stream)
{
  char* bytes = nullptr;
  // The macro BIO_get_mem_data casts in C; this is the call behind it.
  const auto size = BIO_ctrl(stream, BIO_CTRL_INFO, 0, static_cast<void*>(&bytes));
  return size > 0 ? std::string{bytes, static_cast<std::size_t>(size)} : std::string{};
}

}  // namespace

Owned<EVP_PKEY> private_from_pem(std::string_view pem, const char* type)
{
  return from_pem(pem, type, EVP_PKEY_KEYPAIR);
}

Owned<EVP_PKEY> public_from_pem(std::string_view pem, const char* type)
{
  return from_pem(pem, type, EVP_PKEY_PUBLIC_KEY);
}

Secret private_to_pem(EVP_PKEY* key)
{
  const Owned<BIO> stream{BIO_new(BIO_s_secmem())};
  if (!stream ||
      PEM_write_bio_PKCS8PrivateKey(stream.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    throw Fault{"OpenSSL cannot write a private key"};
  }
  return Secret{contents_of(stream.get())};
}

std::string public_to_pem(EVP_PKEY* key)
{
  const Owned<BIO> stream{BIO_new(BIO_s_mem())};
  if (!stream || PEM_write_bio_PUBKEY(stream.get(), key) != 1) {
    throw Fault{"OpenSSL cannot write a public key"};
  }
  return contents_of(stream.get());
}

}  // namespace usher::crypto
