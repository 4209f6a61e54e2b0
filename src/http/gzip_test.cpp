#include "http/gzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace usher::http {
namespace {

struct Case {
  std::string_view header;
  bool takes;
  std::string_view why;
};

TEST(AcceptEncoding, is_read_as_it_is_meant)
{
  for (const Case& one : {
           Case{"", false, "absent: no wish"},
           Case{"gzip", true, ""},
           Case{"GZIP", true, "names know no case"},
           Case{"x-gzip", true, "RFC 9110 8.4.1.3"},
           Case{"deflate, gzip;q=1.0, *;q=0.5", true, ""},
           Case{"br;q=1.0, gzip;q=0.8, *;q=0.1", true, "we have no br"},
           Case{"gzip ; q=0.5", true, "white space around ;"},
           Case{"gzip;Q=0.5", true, ""},
           Case{"gzip;q=0", false, "not this"},
           Case{"gzip;q=0.000", false, "not this"},
           Case{"gzip;q=0.001", true, "hardly, but yes"},
           Case{"*", true, "anything"},
           Case{"*;q=0", false, "nothing else"},
           Case{"gzip;q=0, *", false, "named ones count"},
           Case{"*;q=0, gzip", true, "named ones count"},
           Case{"identity", false, ""},
           Case{"identity, gzip;q=0.5", false, "the bare bytes are liked better"},
           Case{"identity;q=0.5, gzip", true, ""},
           Case{"identity;q=0", false, "asks for the impossible: bare bytes it is"},
           Case{"deflate, br", false, "not ours"},
           Case{"gzipped", false, "another name"},
           Case{"gzip;q=2", false, "no weight"},
           Case{"gzip;q=1.001", false, "no weight"},
           Case{"gzip;q=0.1234", false, "no weight"},
           Case{"gzip;q=", false, "no weight"},
           Case{"gzip;q=-1", false, "no weight"},
           Case{"gzip;level=9", false, "not known here"},
           Case{",, gzip ,", true, "empty elements are nothing"},
       }) {
    EXPECT_EQ(accepts_gzip(one.header), one.takes) << one.header << ": " << one.why;
  }
}

std::string unzipped(std::string packed)
{
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(std::size_t{4} * 1024 * 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0U);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(Gzip, comes_back_whole)
{
  std::string text;
  for (int i = 0; i < 100'000; ++i) {
    text += std::to_string(i * 7919);
  }
  const std::string packed = gzip(text);
  EXPECT_LT(packed.size(), text.size());
  EXPECT_EQ(unzipped(packed), text);
  EXPECT_EQ(unzipped(gzip("")), "");
}

}  // namespace
}  // namespace usher::http
