#include "http/raw_client_test.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

// What a strict HTTP/1.1 front refuses, over a real connection: one row per request, its reason as its name.

namespace usher::http {
namespace {

using namespace std::string_view_literals;

struct Row {
  std::string_view why;
  std::string_view bytes;
};

constexpr std::array length_rows{
    Row{"length with plus sign", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\nhi"},
    Row{"length with minus sign", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: -2\r\n\r\nhi"},
    Row{"negative zero length", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: -0\r\n\r\n"},
    Row{"length in hex", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 0x2\r\n\r\nhi"},
    Row{"length in hex digits", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: a\r\n\r\nhihihihihi"},
    Row{"empty length", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nhi"},
    Row{"blank length", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: \t \r\n\r\nhi"},
    Row{"length with a space inside", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 1 2\r\n\r\nhi"},
    Row{"length with a tab inside", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 1\t2\r\n\r\nhi"},
    Row{"length with a point", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2.0\r\n\r\nhi"},
    Row{"length with an exponent", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2e0\r\n\r\nhi"},
    Row{"length with an underscore", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 0_2\r\n\r\nhi"},
    Row{"length in quotes", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: \"2\"\r\n\r\nhi"},
    Row{"length with a comma after it", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2,\r\n\r\nhi"},
    Row{"length with a comma before it", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: ,2\r\n\r\nhi"},
    Row{"length list of equals", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2\r\n\r\nhi"},
    Row{"length list of differents", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 3\r\n\r\nhi"},
    Row{"length twice, equal",
        "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi"},
    Row{"length twice, different",
        "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\ncontent-length: 3\r\n\r\nhi"},
    Row{"length of 2^63", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\nhi"},
    Row{"length of 2^64", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551616\r\n\r\nhi"},
    Row{"length of 2^64 + 2",
        "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551618\r\n\r\nhi"},
    Row{"length of 40 digits",
        "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 0000000000000000000000000000000000000002\r\n\r\nhi"
    },
    Row{"length in other digits", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: \xd9\xa2\r\n\r\nhi"},
    Row{"length beside chunked",
        "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    Row{"chunked beside length",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"},
    Row{"zero length beside chunked",
        "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    Row{"length in a trailing semicolon", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2;\r\n\r\nhi"},
    Row{"length over the limit", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 65537\r\n\r\n"},
};

constexpr std::array coding_rows{
    Row{"chunked twice in a list",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
    Row{"chunked in two headers",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\n"},
    Row{"chunked then identity",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
        "identity\r\n\r\n0\r\n\r\n"},
    Row{"identity then chunked",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\n"},
    Row{"gzip, chunked", "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"
    },
    Row{"chunked, gzip", "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"
    },
    Row{"identity", "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n"},
    Row{"gzip", "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"},
    Row{"unknown coding", "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
    Row{"coding with a suffix",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n"},
    Row{"coding with a parameter",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"},
    Row{"coding with a comma after it",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked,\r\n\r\n0\r\n\r\n"},
    Row{"coding with a comma before it",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n"},
    Row{"coding in quotes",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"},
    Row{"coding in single quotes",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: 'chunked'\r\n\r\n0\r\n\r\n"},
    Row{"empty coding", "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n"},
    Row{"coding with the Kelvin sign",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chun\xe2\x84\xaa"
        "ed\r\n\r\n0\r\n\r\n"},
    Row{"coding behind a vertical tab",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n"},
    Row{"coding before a vertical tab",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\v\r\n\r\n0\r\n\r\n"},
    Row{"coding before a form feed",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\f\r\n\r\n0\r\n\r\n"},
    Row{"coding before NUL",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\0\r\n\r\n0\r\n\r\n"sv},
    Row{"coding folded", "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"},
    Row{"coding folded with a tab",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\tchunked\r\n\r\n0\r\n\r\n"},
    Row{"coding continued",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n , identity\r\n\r\n0\r\n\r\n"},
    Row{"coding before a space and colon",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n"},
    Row{"coding before a tab and colon",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n"},
    Row{"coding behind a space",
        "POST /slow HTTP/1.1\r\nHost: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    Row{"coding behind a bare CR",
        "POST /slow HTTP/1.1\r\nHost: a\r\nX: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    Row{"coding behind a bare LF",
        "POST /slow HTTP/1.1\r\nHost: a\r\nX: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    Row{"chunked in HTTP/1.0", "POST /slow HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    },
    Row{"length and identity in HTTP/1.0",
        "POST /slow HTTP/1.0\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: identity\r\n\r\nhi"},
};

constexpr std::array chunk_rows{
    Row{"size with plus sign", "+2\r\nhi\r\n0\r\n\r\n"},
    Row{"size with minus sign", "-2\r\nhi\r\n0\r\n\r\n"},
    Row{"size with 0x", "0x2\r\nhi\r\n0\r\n\r\n"},
    Row{"size with an underscore", "0_2\r\nhi\r\n0\r\n\r\n"},
    Row{"size behind a space", " 2\r\nhi\r\n0\r\n\r\n"},
    Row{"size before a space", "2 \r\nhi\r\n0\r\n\r\n"},
    Row{"size before a tab", "2\t\r\nhi\r\n0\r\n\r\n"},
    Row{"size with a space inside", "0 2\r\nhi\r\n0\r\n\r\n"},
    Row{"no size", "\r\nhi\r\n0\r\n\r\n"},
    Row{"size that is no number", "g\r\nhi\r\n0\r\n\r\n"},
    Row{"size in quotes", "\"2\"\r\nhi\r\n0\r\n\r\n"},
    Row{"size with a point", "2.0\r\nhi\r\n0\r\n\r\n"},
    Row{"size of nine digits", "000000002\r\nhi\r\n0\r\n\r\n"},
    Row{"size of 2^32 + 2", "100000002\r\nhi\r\n0\r\n\r\n"},
    Row{"size of 2^64 + 2", "10000000000000002\r\nhi\r\n0\r\n\r\n"},
    Row{"size over the limit", "10001\r\n"},
    Row{"size before a bare LF", "2\nhi\r\n0\r\n\r\n"},
    Row{"size before a bare CR", "2\rhi\r\n0\r\n\r\n"},
    Row{"size before CR CR LF", "2\r\r\nhi\r\n0\r\n\r\n"},
    Row{"size before LF CR", "2\n\rhi\r\n0\r\n\r\n"},
    Row{"data before a bare LF", "2\r\nhi\n0\r\n\r\n"},
    Row{"data before a bare CR", "2\r\nhi\r0\r\n\r\n"},
    Row{"data longer than its size", "2\r\nhip\r\n0\r\n\r\n"},
    Row{"data shorter than its size", "3\r\nhi\r\n0\r\n\r\n"},
    Row{"no line end after the data", "2\r\nhi0\r\n\r\n"},
    Row{"extension without a name", "2;\r\nhi\r\n0\r\n\r\n"},
    Row{"extension without a value", "2;a=\r\nhi\r\n0\r\n\r\n"},
    Row{"extension with white space", "2 ;a=b\r\nhi\r\n0\r\n\r\n"},
    Row{"extension with white space inside", "2; a=b\r\nhi\r\n0\r\n\r\n"},
    Row{"extension with a bare LF", "2;a\nb\r\nhi\r\n0\r\n\r\n"},
    Row{"extension with a bare CR", "2;a\rb\r\nhi\r\n0\r\n\r\n"},
    Row{"extension with NUL", "2;a=\"\0\"\r\nhi\r\n0\r\n\r\n"sv},
    Row{"extension with an open quote", "2;a=\"b\r\nhi\r\n0\r\n\r\n"},
    Row{"extension with a comma", "2,a\r\nhi\r\n0\r\n\r\n"},
    Row{"last chunk before a bare LF", "2\r\nhi\r\n0\n\r\n"},
    Row{"last chunk with a minus sign", "2\r\nhi\r\n-0\r\n\r\n"},
    Row{"end in a bare LF", "2\r\nhi\r\n0\r\n\n"},
    Row{"trailer without a colon", "2\r\nhi\r\n0\r\nX\r\n\r\n"},
    Row{"trailer with a space before the colon", "2\r\nhi\r\n0\r\nX : y\r\n\r\n"},
    Row{"trailer folded", "2\r\nhi\r\n0\r\nX: y\r\n z\r\n\r\n"},
    Row{"trailer before a bare LF", "2\r\nhi\r\n0\r\nX: y\n\r\n"},
    Row{"trailer with NUL", "2\r\nhi\r\n0\r\nX: \0\r\n\r\n"sv},
};

constexpr std::array line_rows{
    Row{"space before the colon", "GET /plain HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"},
    Row{"tab before the colon", "GET /plain HTTP/1.1\r\nHost: a\r\nX\t: y\r\n\r\n"},
    Row{"no colon", "GET /plain HTTP/1.1\r\nHost: a\r\nX\r\n\r\n"},
    Row{"empty name", "GET /plain HTTP/1.1\r\nHost: a\r\n: y\r\n\r\n"},
    Row{"space in the name", "GET /plain HTTP/1.1\r\nHost: a\r\nX Y: z\r\n\r\n"},
    Row{"parenthesis in the name", "GET /plain HTTP/1.1\r\nHost: a\r\nX(: z\r\n\r\n"},
    Row{"slash in the name", "GET /plain HTTP/1.1\r\nHost: a\r\nX/Y: z\r\n\r\n"},
    Row{"at sign in the name", "GET /plain HTTP/1.1\r\nHost: a\r\nX@: z\r\n\r\n"},
    Row{"quote in the name", "GET /plain HTTP/1.1\r\nHost: a\r\n\"X\": z\r\n\r\n"},
    Row{"non-ASCII name", "GET /plain HTTP/1.1\r\nHost: a\r\nX\xc3\xa9: z\r\n\r\n"},
    Row{"NUL in the name", "GET /plain HTTP/1.1\r\nHost: a\r\nX\0: z\r\n\r\n"sv},
    Row{"space before the first header", "GET /plain HTTP/1.1\r\n Host: a\r\n\r\n"},
    Row{"tab before the first header", "GET /plain HTTP/1.1\r\n\tHost: a\r\n\r\n"},
    Row{"white space line after the request line", "GET /plain HTTP/1.1\r\n \r\nHost: a\r\n\r\n"},
    Row{"folded value", "GET /plain HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n"},
    Row{"folded with a tab", "GET /plain HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n"},
    Row{"folded empty value", "GET /plain HTTP/1.1\r\nHost: a\r\nX:\r\n y\r\n\r\n"},
    Row{"folded at the end", "GET /plain HTTP/1.1\r\nHost: a\r\nX: y\r\n \r\n\r\n"},
    Row{"NUL in a value", "GET /plain HTTP/1.1\r\nHost: a\r\nX: y\0z\r\n\r\n"sv},
    Row{"SOH in a value", "GET /plain HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n"},
    Row{"ESC in a value", "GET /plain HTTP/1.1\r\nHost: a\r\nX: \x1b\r\n\r\n"},
    Row{"DEL in a value", "GET /plain HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n"},
    Row{"vertical tab in a value", "GET /plain HTTP/1.1\r\nHost: a\r\nX: \v\r\n\r\n"},
    Row{"bare CR in a value", "GET /plain HTTP/1.1\r\nHost: a\r\nX: y\rz\r\n\r\n"},
    Row{"CR CR LF", "GET /plain HTTP/1.1\r\nHost: a\r\r\n\r\n"},
    Row{"bare LF after a header", "GET /plain HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"},
    Row{"bare LF after the request line", "GET /plain HTTP/1.1\nHost: a\r\n\r\n"},
    Row{"bare LF everywhere", "GET /plain HTTP/1.1\nHost: a\n\n"},
    Row{"bare LF as the blank line", "GET /plain HTTP/1.1\r\nHost: a\r\n\n"},
    Row{"bare CR everywhere", "GET /plain HTTP/1.1\rHost: a\r\r"},
    Row{"LF CR", "GET /plain HTTP/1.1\r\nHost: a\n\r\n\r"},
    Row{"Authorization twice",
        "GET /plain HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n"},
    Row{"Content-Type twice",
        "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n"},
    Row{"unknown expectation",
        "POST /slow HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 2\r\n\r\nhi"},
};

constexpr std::array host_rows{
    Row{"no Host", "GET /plain HTTP/1.1\r\n\r\n"},
    Row{"no Host but others", "GET /plain HTTP/1.1\r\nX: y\r\n\r\n"},
    Row{"two Hosts", "GET /plain HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
    Row{"two equal Hosts", "GET /plain HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
    Row{"two Hosts in HTTP/1.0", "GET /plain HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
    Row{"empty Host", "GET /plain HTTP/1.1\r\nHost:\r\n\r\n"},
    Row{"list of Hosts", "GET /plain HTTP/1.1\r\nHost: a, b\r\n\r\n"},
    Row{"Host with a space", "GET /plain HTTP/1.1\r\nHost: a b\r\n\r\n"},
    Row{"Host with userinfo", "GET /plain HTTP/1.1\r\nHost: user@a\r\n\r\n"},
    Row{"Host with a path", "GET /plain HTTP/1.1\r\nHost: a/b\r\n\r\n"},
    Row{"Host with a query", "GET /plain HTTP/1.1\r\nHost: a?b\r\n\r\n"},
    Row{"Host with a fragment", "GET /plain HTTP/1.1\r\nHost: a#b\r\n\r\n"},
    Row{"Host with a scheme", "GET /plain HTTP/1.1\r\nHost: http://a\r\n\r\n"},
    Row{"Host with a port that is no number", "GET /plain HTTP/1.1\r\nHost: a:b\r\n\r\n"},
    Row{"Host with an empty port", "GET /plain HTTP/1.1\r\nHost: a:\r\n\r\n"},
    Row{"Host with a negative port", "GET /plain HTTP/1.1\r\nHost: a:-1\r\n\r\n"},
    Row{"Host with a port over 65535", "GET /plain HTTP/1.1\r\nHost: a:65536\r\n\r\n"},
    Row{"Host with two ports", "GET /plain HTTP/1.1\r\nHost: a:1:2\r\n\r\n"},
    Row{"Host without brackets", "GET /plain HTTP/1.1\r\nHost: ::1\r\n\r\n"},
    Row{"Host with an open bracket", "GET /plain HTTP/1.1\r\nHost: [::1\r\n\r\n"},
    Row{"Host with junk behind the bracket", "GET /plain HTTP/1.1\r\nHost: [::1]a\r\n\r\n"},
    Row{"Host that is only a port", "GET /plain HTTP/1.1\r\nHost: :80\r\n\r\n"},
    Row{"Host with an escape", "GET /plain HTTP/1.1\r\nHost: a%2fb\r\n\r\n"},
    Row{"Host with a backslash", "GET /plain HTTP/1.1\r\nHost: a\\b\r\n\r\n"},
    Row{"non-ASCII Host", "GET /plain HTTP/1.1\r\nHost: \xc3\xa9\r\n\r\n"},
    Row{"target of another host", "GET http://b/plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"target of another port", "GET http://a:81/plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"target with userinfo", "GET http://u@a/plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"target of another scheme", "GET ftp://a/plain HTTP/1.1\r\nHost: a\r\n\r\n"},
};

constexpr std::array request_rows{
    Row{"one part", "GET\r\nHost: a\r\n\r\n"},
    Row{"two parts", "GET /plain\r\nHost: a\r\n\r\n"},
    Row{"two parts and a space", "GET /plain \r\nHost: a\r\n\r\n"},
    Row{"four parts", "GET /plain x HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"space behind the version", "GET /plain HTTP/1.1 \r\nHost: a\r\n\r\n"},
    Row{"two spaces behind the method", "GET  /plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"two spaces before the version", "GET /plain  HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"space before the method", " GET /plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"tab behind the method", "GET\t/plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"tab before the version", "GET /plain\tHTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"no method", "/plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"empty method", " /plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"method with a colon", "GET: /plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"method with a slash", "GET/ /plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"method with parentheses", "(GET) /plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"method with NUL", "GET\0 /plain HTTP/1.1\r\nHost: a\r\n\r\n"sv},
    Row{"non-ASCII method", "G\xc3\x89T /plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"lower-case version", "GET /plain http/1.1\r\nHost: a\r\n\r\n"},
    Row{"version 1.10", "GET /plain HTTP/1.10\r\nHost: a\r\n\r\n"},
    Row{"version 1.01", "GET /plain HTTP/1.01\r\nHost: a\r\n\r\n"},
    Row{"version 01.1", "GET /plain HTTP/01.1\r\nHost: a\r\n\r\n"},
    Row{"version 1.2", "GET /plain HTTP/1.2\r\nHost: a\r\n\r\n"},
    Row{"version 1", "GET /plain HTTP/1\r\nHost: a\r\n\r\n"},
    Row{"version 1.", "GET /plain HTTP/1.\r\nHost: a\r\n\r\n"},
    Row{"version 0.9", "GET /plain HTTP/0.9\r\nHost: a\r\n\r\n"},
    Row{"version 2.0", "GET /plain HTTP/2.0\r\nHost: a\r\n\r\n"},
    Row{"version 3.0", "GET /plain HTTP/3.0\r\nHost: a\r\n\r\n"},
    Row{"version with a comma", "GET /plain HTTP/1,1\r\nHost: a\r\n\r\n"},
    Row{"version with a space", "GET /plain HTTP/ 1.1\r\nHost: a\r\n\r\n"},
    Row{"version of another protocol", "GET /plain ICY/1.1\r\nHost: a\r\n\r\n"},
    Row{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    Row{"raw space in the target", "GET /plain /x HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"control byte in the target",
        "GET /pl\x01"
        "ain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"NUL in the target", "GET /plain\0 HTTP/1.1\r\nHost: a\r\n\r\n"sv},
    Row{"DEL in the target", "GET /plain\x7f HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"non-ASCII target", "GET /pl\xc3\xa4in HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"bare CR in the target", "GET /plain\r HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"fragment in the target", "GET /plain#top HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"target without a slash", "GET plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"asterisk for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"authority form", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n"},
    Row{"two blank lines first", "\r\n\r\nGET /plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"bare LF first", "\nGET /plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    Row{"TLS hello", "\x16\x03\x01\x02\x01\x01\xfc\x03\x03 hello"},
};

class StrictFront : public ::testing::Test {
 protected:
  void expect_refused(std::string_view why, std::string_view bytes)
  {
    RawClient client{server_.port()};
    const RawAnswer answer = client.send(bytes).receive();
    EXPECT_GE(answer.status, 400) << why << "\n" << answer.head << answer.body;
    EXPECT_EQ(answer.header("Connection"), "close") << why;
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json; charset=utf-8") << why;
    EXPECT_TRUE(client.is_closed()) << why << ": something follows";
  }

 private:
  TestServer server_{};
};

TEST_F(StrictFront, refuses_lengths_that_can_be_read_in_two_ways)
{
  for (const Row& row : length_rows) {
    expect_refused(row.why, row.bytes);
  }
}

TEST_F(StrictFront, refuses_transfer_codings_that_are_not_exactly_chunked)
{
  for (const Row& row : coding_rows) {
    expect_refused(row.why, row.bytes);
  }
}

TEST_F(StrictFront, refuses_malformed_chunks)
{
  constexpr std::string_view head = "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const Row& row : chunk_rows) {
    expect_refused(row.why, std::string{head} + std::string{row.bytes});
  }
}

TEST_F(StrictFront, refuses_malformed_header_lines)
{
  for (const Row& row : line_rows) {
    expect_refused(row.why, row.bytes);
  }
}

TEST_F(StrictFront, refuses_hosts_that_name_no_one_host)
{
  for (const Row& row : host_rows) {
    expect_refused(row.why, row.bytes);
  }
}

TEST_F(StrictFront, refuses_malformed_request_lines)
{
  for (const Row& row : request_rows) {
    expect_refused(row.why, row.bytes);
  }
}

TEST_F(StrictFront, refuses_what_is_endless_before_it_has_been_read)
{
  const std::string get = "GET /plain HTTP/1.1\r\nHost: a\r\n";
  const std::string post = "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string many = get;
  for (int i = 0; i < 100; ++i) {
    many += "X: y\r\n";
  }
  expect_refused("more than 100 headers", many + "\r\n");
  expect_refused("a header line of 33 KiB without an end", get + "X: " + std::string(33 * 1024, 'x'));
  expect_refused("a header name without an end", get + std::string(33 * 1024, 'x'));
  expect_refused("a target of 9 KiB", "GET /" + std::string(9 * 1024, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n");
  expect_refused("a target without an end", "GET /" + std::string(9 * 1024, 'x'));
  expect_refused("a method without an end", std::string(9 * 1024, 'G'));
  expect_refused("a chunk extension of 1 KiB", post + "2;a=" + std::string(1024, 'x'));
  expect_refused("a chunk size without an end", post + std::string(1024, '0'));
  expect_refused("trailers without an end", post + "0\r\n" + std::string(5000, 'x'));
  std::string trailers = post + "0\r\n";
  for (int i = 0; i < 1000; ++i) {
    trailers += "X: yyyy\r\n";
  }
  expect_refused("1000 trailers", trailers);
}

TEST_F(StrictFront, refuses_the_second_request_hidden_in_a_bad_first)
{
  constexpr std::string_view hidden = "GET /admin HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const Row& row : coding_rows) {
    expect_refused(row.why, std::string{row.bytes} + std::string{hidden});
  }
}

struct GoodRow {
  std::string_view why;
  std::string_view bytes;
  std::string_view body{R"({"plain":true})"};
};

constexpr std::array good_rows{
    GoodRow{"one blank line first", "\r\nGET /plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    GoodRow{"no white space behind the colon", "GET /plain HTTP/1.1\r\nHost:a\r\n\r\n"},
    GoodRow{"much white space around a value", "GET /plain HTTP/1.1\r\nHost: \t a \t \r\n\r\n"},
    GoodRow{"tab inside a value", "GET /plain HTTP/1.1\r\nHost: a\r\nX: a\tb\r\n\r\n"},
    GoodRow{"empty value", "GET /plain HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n"},
    GoodRow{"blank value", "GET /plain HTTP/1.1\r\nHost: a\r\nX:   \r\n\r\n"},
    GoodRow{"obs-text in a value", "GET /plain HTTP/1.1\r\nHost: a\r\nX: \xe9\xff\r\n\r\n"},
    GoodRow{
        "every token character in a name",
        "GET /plain HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~09azAZ: y\r\n\r\n"
    },
    GoodRow{"names in any case", "GET /plain HTTP/1.1\r\nhOST: a\r\nCONNECTION: Keep-Alive\r\n\r\n"},
    GoodRow{"a header that repeats", "GET /plain HTTP/1.1\r\nHost: a\r\nX: y\r\nX: z\r\n\r\n"},
    GoodRow{
        "two Accept lines",
        "GET /plain HTTP/1.1\r\nHost: a\r\nAccept: text/html\r\nAccept: application/json\r\n\r\n"
    },
    GoodRow{"Host with a port", "GET /plain HTTP/1.1\r\nHost: a.example:8080\r\n\r\n"},
    GoodRow{"Host with IPv6", "GET /plain HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"},
    GoodRow{"Host with an underscore", "GET /plain HTTP/1.1\r\nHost: my_service\r\n\r\n"},
    GoodRow{"absolute form", "GET http://a/plain HTTP/1.1\r\nHost: a\r\n\r\n"},
    GoodRow{
        "absolute form in another case", "GET HTTP://A.example/plain HTTP/1.1\r\nHost: a.EXAMPLE\r\n\r\n"
    },
    GoodRow{"query of odd characters", "GET /plain?a=%zz&[]={}|\\^\"<>&& HTTP/1.1\r\nHost: a\r\n\r\n"},
    GoodRow{"empty query", "GET /plain? HTTP/1.1\r\nHost: a\r\n\r\n"},
    GoodRow{"question marks in the query", "GET /plain??x=/.. HTTP/1.1\r\nHost: a\r\n\r\n"},
    GoodRow{
        "upgrade that is not taken",
        "GET /plain HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    },
    GoodRow{"GET with a body", "GET /plain HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"},
    GoodRow{
        "GET with a chunked body",
        "GET /plain HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
    },
    GoodRow{"HTTP/1.0 with Host", "GET /plain HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"},
    GoodRow{
        "length with leading zeros", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 0002\r\n\r\nhi", "hi"
    },
    GoodRow{"length of zero", "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", ""},
    GoodRow{"POST without a body", "POST /slow HTTP/1.1\r\nHost: a\r\n\r\n", ""},
    GoodRow{
        "chunked in any case",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        "hi"
    },
    GoodRow{
        "chunk size with zeros",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n00000002\r\nhi\r\n000\r\n\r\n",
        "hi"
    },
    GoodRow{
        "chunk size in capitals",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nA\r\nhihihihihi\r\n0\r\n\r\n",
        "hihihihihi"
    },
    GoodRow{
        "chunk extensions",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;a;b=c;d=\"e \\\" "
        "f\"\r\nhi\r\n0;z\r\n\r\n",
        "hi"
    },
    GoodRow{
        "trailers",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: "
        "1\r\nY:\r\n\r\n",
        "hi"
    },
    GoodRow{
        "data that looks like framing",
        "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n\r\n0\r\n\r\n0\r\n\r\n",
        "\r\n0\r\n"
    },
    GoodRow{
        "expectation in any case",
        "POST /slow HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\nhi",
        "hi"
    },
};

TEST_F(StrictFront, takes_what_is_odd_but_legal_and_the_next_request_behind_it)
{
  TestServer server;
  for (const GoodRow& row : good_rows) {
    RawClient client{server.port()};
    client.send(std::string{row.bytes} + "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    const RawAnswer answer = client.receive();
    EXPECT_EQ(answer.status, 200) << row.why << answer.body;
    EXPECT_EQ(answer.body, row.body) << row.why;
    EXPECT_EQ(client.receive().body, "{}") << row.why;
  }
}

TEST_F(StrictFront, knows_only_the_plain_spelling_of_a_path)
{
  TestServer server;
  for (const std::string_view path :
       {"/plain/",
        "//plain",
        "/./plain",
        "/x/../plain",
        "/%70lain",
        "/plain%00",
        "/plain;x",
        "/PLAIN",
        "/plain/.",
        "/users//7",
        "/users/7/",
        "/users/%37",
        "/users/7;x=1",
        "/users/7%2f..%2f8",
        "/users/..",
        "/users/.",
        "/users/7\\",
        "/..;/plain",
        "/"}) {
    const RawAnswer answer =
        ask(server.port(),
            "GET " + std::string{path} + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer admin1\r\n\r\n");
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_NE(answer.body.find("route_not_found"), std::string::npos) << path;
  }
}

}  // namespace
}  // namespace usher::http
