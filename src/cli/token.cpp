#include "app/signing_keys.hpp"
#include "app/storage.hpp"
#include "cli/command.hpp"
#include "cli/database.hpp"
#include "cli/input.hpp"
#include "tokens/offline.hpp"

#include <array>
#include <ostream>

namespace usher::cli {
namespace {

/// Tokens come from files and pipes, where they end with a newline.
std::string read_token(const Invocation& invocation, Io& io)
{
  std::string text = read_input(std::string{invocation.word("TOKENFILE")}, io);
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  text.resize(end == std::string::npos ? 0 : end + 1);
  text.erase(0, text.find_first_not_of(" \t\r\n"));
  return text;
}

std::shared_ptr<const tokens::KeyRing> own_ring(const Session& session)
{
  const crypto::MasterKey master = app::open_master_key(session.loaded.config, app::Missing::refuse);
  return app::open_ring_as_it_is(session.loaded.config, master, *session.database);
}

Result<tokens::Decoded> verify_with_own(
    const Invocation& invocation, const std::string& token, const tokens::Demands& demands
)
{
  const Session session{invocation};
  const auto keys = tokens::verifying_keys(*own_ring(session));
  return tokens::verify_with(std::span{keys}, token, demands);
}

Status verify(const Invocation& invocation, Io& io)
{
  const std::string token = read_token(invocation, io);
  const tokens::Demands demands{
      .now = SystemClock{}.now(),
      .issuer = std::string{invocation.word("--issuer")},
      .audience = std::string{invocation.word("--audience")},
  };
  const Result<tokens::Decoded> outcome =
      invocation.given("--jwk")
          ? tokens::verify_with(read_input(std::string{invocation.word("--jwk")}, io), token, demands)
          : verify_with_own(invocation, token, demands);
  if (!outcome) {
    io.err << "usher: " << outcome.error().detail << " (" << outcome.error().code() << ")\n";
    return failed;
  }
  io.out << tokens::pretty(outcome->payload) << '\n';
  return ok;
}

Status inspect(const Invocation& invocation, Io& io)
{
  const Result<tokens::Decoded> outcome = tokens::inspect(read_token(invocation, io));
  if (!outcome) {
    throw Failure{data_wrong, outcome.error().detail + " (" + std::string{outcome.error().code()} + ")"};
  }
  io.out << "{\"header\": " << tokens::pretty(outcome->header)
         << ",\n\"payload\": " << tokens::pretty(outcome->payload)
         << ",\n\"signature_bytes\": " << outcome->signature_bytes << "}\n";
  return ok;
}

Status sign(const Invocation& invocation, Io& io)
{
  const Session session{invocation};
  const auto ring = own_ring(session);
  const std::string claims = read_input(std::string{invocation.word("CLAIMSFILE")}, io);
  io.out << value_of(tokens::sign_claims(claims, ring->active())) << '\n';
  return ok;
}

constexpr std::string_view verify_details =
    R"(Checks signature, algorithm, exp and nbf of a token of any service, offline: with the keys in FILE (a JWK, a JWK set
or PEM), else with those of the data directory. Prints the claims. Exit status 0 when it is good, 1 when not, and
the reason on standard error. Whether its session is still alive only the server knows.

Examples:
  usher token verify --jwk jwks.json token.txt
  curl -s http://127.0.0.1:8080/.well-known/jwks.json >jwks.json; echo "$TOKEN" | usher token verify --jwk jwks.json
)";

constexpr std::string_view inspect_details =
    R"(Shows what a token says. Nothing is checked: believe none of it.

Example:
  echo "$TOKEN" | usher token inspect
)";

constexpr std::string_view sign_details =
    R"(Signs exactly the claims given, as JSON, with the active key of the data directory, for debugging and tests. The
token has no session behind it, so the server itself does not honour it.

Example:
  echo '{"iss":"usher","sub":"7","exp":1900000000}' | usher token sign
)";

constexpr std::array token_argument{Word{"TOKENFILE", "", "file with the token; standard input when left out"}
};
constexpr std::array claims_argument{
    Word{"CLAIMSFILE", "", "file with the claims; standard input when left out"}
};
constexpr std::array verify_options{
    Word{"--jwk", "FILE", "JWK, JWK set or PEM to verify with"},
    Word{"--issuer", "TEXT", "`iss` must be this"},
    Word{"--audience", "TEXT", "`aud` must hold this"},
};

constexpr std::array commands{
    Command{
        "token verify", "whether a token is good", verify_details, token_argument, verify_options, verify
    },
    Command{"token inspect", "what a token says", inspect_details, token_argument, {}, inspect, false},
    Command{"token sign", "sign claims with the active key", sign_details, claims_argument, {}, sign},
};

}  // namespace

std::span<const Command> token_commands()
{
  return commands;
}

}  // namespace usher::cli
