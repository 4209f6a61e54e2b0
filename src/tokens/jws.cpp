#include "tokens/jws.hpp"

#include "crypto/base64url.hpp"
#include "json/writer.hpp"

#include <utility>

namespace usher::tokens {

std::optional<Compact> parse_compact(std::string_view token)
{
  if (token.size() > token_bytes_max) {
    return std::nullopt;
  }
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  auto header = crypto::from_base64url(token.substr(0, first));
  auto payload = crypto::from_base64url(token.substr(first + 1, second - first - 1));
  auto signature = crypto::from_base64url(token.substr(second + 1));
  if (!header || !payload || !signature) {
    return std::nullopt;
  }
  return Compact{
      .header = std::move(*header),
      .payload = std::move(*payload),
      .signature = std::move(*signature),
      .signed_bytes = second
  };
}

std::string write_header(const Header& header)
{
  json::Writer out;
  out.begin_object();
  out.key("alg");
  out.text(header.alg);
  out.key("typ");
  out.text(header.typ);
  if (!header.kid.empty()) {
    out.key("kid");
    out.text(header.kid);
  }
  out.end_object();
  return std::move(out).take();
}

std::string signing_input(std::string_view header, std::string_view payload)
{
  return crypto::base64url(header) + '.' + crypto::base64url(payload);
}

}  // namespace usher::tokens
