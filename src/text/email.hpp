#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace usher::text {

/// The form under which an address is unique and looked up: trimmed nowhere; local part NFKC_Casefold, domain
/// UTS #46 to ASCII in lower case, without a trailing dot. Two spellings that any mail system could take for
/// one another give the same key (so that nobody registers beside somebody, CVE-2019-19844); plus tags and
/// dots stay, they are different mailboxes. Nothing when it is not one address: exactly one '@', local part 1
/// to 64 bytes in RFC 5322 dot-atom (RFC 6531 letters allowed), a domain of at least two labels, at most 254
/// bytes, no quotes, no comments, no control or white space.
std::optional<std::string> email_key(std::string_view email);

/// The same as a field rule: the reason against it, or empty.
std::string_view problem_with_email(std::string_view email);

}  // namespace usher::text
