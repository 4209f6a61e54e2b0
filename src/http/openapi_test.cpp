#include "http/openapi.hpp"

#include "http/documents_testing.hpp"
#include "json/document.hpp"

#include <gmock/gmock.h>

#include <functional>

namespace usher::http {
namespace {

namespace bj = boost::json;

const bj::value& document()
{
  static const bj::value parsed = [] {
    auto object = json::parse_object(openapi_document(sample::router(), sample::info));
    EXPECT_TRUE(object);
    return bj::value(object.value_or(bj::object{}));
  }();
  return parsed;
}

std::string at(std::string_view pointer)
{
  boost::json::error_code code;
  const bj::value* found = document().find_pointer({pointer.data(), pointer.size()}, code);
  return found == nullptr ? "absent" : bj::serialize(*found);
}

bool has(std::string_view pointer)
{
  return at(pointer) != "absent";
}

TEST(OpenApi, has_every_route_with_its_guard)
{
  EXPECT_EQ(at("/openapi"), R"("3.1.0")");
  EXPECT_EQ(at("/paths/~1api~1register/post/operationId"), R"("post_register")");
  EXPECT_EQ(at("/paths/~1api~1register/post/security"), "[]");
  EXPECT_EQ(at("/paths/~1api~1refresh/post/security"), R"([{"refresh_token":[]}])");
  EXPECT_EQ(at("/paths/~1api~1users/get/security"), R"([{"access_token":[]}])");
  EXPECT_EQ(at("/paths/~1api~1sessions~1{sid}/get/security"), R"([{},{"access_token":[]}])");
  EXPECT_EQ(at("/paths/~1api~1users~1{id}/delete/tags"), R"(["users"])");
  EXPECT_EQ(at("/paths/~1api~1sessions~1{sid}/get/tags"), R"(["sessions"])");
  EXPECT_EQ(at("/paths/~1metrics/get/tags"), R"(["service"])");
  EXPECT_EQ(
      at("/tags"),
      R"([{"name":"auth","description":"Logging in and out."},{"name":"users","description":"Accounts."},)"
      R"({"name":"service","description":"Routes of service."},)"
      R"({"name":"sessions","description":"Routes of sessions."}])"
  );
}

TEST(OpenApi, has_parameters)
{
  EXPECT_THAT(at("/paths/~1api~1users~1{id}/get/parameters/0/schema"), ::testing::HasSubstr("int64"));
  EXPECT_THAT(at("/paths/~1api~1sessions~1{sid}/get/parameters/0/schema"), ::testing::HasSubstr("uuid"));
  EXPECT_EQ(at("/paths/~1api~1users/get/parameters/0/schema/maximum"), "100");
  EXPECT_EQ(at("/paths/~1api~1users~1{id}/patch/parameters/1/name"), R"("If-Match")");
}

TEST(OpenApi, has_bodies_and_replies_by_reference)
{
  EXPECT_EQ(
      at("/paths/~1api~1register/post/requestBody/content/application~1json/schema/$ref"),
      R"("#/components/schemas/Wish")"
  );
  EXPECT_TRUE(has("/paths/~1api~1users~1{id}/patch/requestBody/content/application~1merge-patch+json"));
  EXPECT_TRUE(has("/paths/~1api~1users~1{id}/patch/requestBody/content/application~1json"));
  EXPECT_FALSE(has("/paths/~1api~1users/get/requestBody"));
  EXPECT_TRUE(has("/paths/~1api~1register/post/responses/201/headers/Location"));
  EXPECT_TRUE(has("/paths/~1api~1users~1{id}/get/responses/200/headers/ETag"));
  EXPECT_FALSE(has("/paths/~1api~1users~1{id}/delete/responses/204/content"));
  EXPECT_TRUE(has("/paths/~1metrics/get/responses/200/content/text~1plain"));
  EXPECT_TRUE(has("/components/schemas/Address/properties/line")) << "reached through User";
  EXPECT_EQ(at("/components/schemas/Wish/properties/label/type"), R"(["string","null"])");
  EXPECT_EQ(at("/components/schemas/Wish/properties/password/writeOnly"), "true");
}

TEST(OpenApi, has_every_refusal_of_a_route)
{
  const std::string base = "/paths/~1api~1register/post/responses/";
  const auto example = [&](std::string_view status_and_code) {
    const std::size_t slash = status_and_code.find('/');
    return has(
        base + std::string{status_and_code.substr(0, slash)} + "/content/application~1problem+json/examples" +
        std::string{status_and_code.substr(slash)}
    );
  };
  for (const std::string_view one :
       {"400/json_invalid",
        "400/fields_invalid",
        "409/email_taken",
        "413/body_too_large",
        "415/media_type_unsupported",
        "429/too_many_attempts",
        "500/internal_error"}) {
    EXPECT_TRUE(example(one)) << one;
  }
  EXPECT_FALSE(has(base + "401"));
  EXPECT_TRUE(has(base + "429/headers/Retry-After"));
  const std::string guarded = "/paths/~1api~1users~1{id}/delete/responses/";
  EXPECT_THAT(
      at(guarded + "401/description"),
      ::testing::AllOf(
          ::testing::HasSubstr("`token_missing`"),
          ::testing::HasSubstr("`token_expired`"),
          ::testing::HasSubstr("`token_not_fresh`")
      )
  );
  EXPECT_TRUE(has(guarded + "401/headers/WWW-Authenticate"));
  EXPECT_TRUE(has(guarded + "403/content/application~1problem+json/examples/not_yours"));
  EXPECT_TRUE(has(guarded + "422/content/application~1problem+json/examples/token_malformed"));
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the document
void each_reference(const bj::value& value, const std::function<void(std::string_view)>& call)
{
  if (const bj::object* object = value.if_object()) {
    for (const auto& member : *object) {
      if (member.key() == "$ref") {
        call({member.value().as_string().data(), member.value().as_string().size()});
      }
      each_reference(member.value(), call);
    }
  } else if (const bj::array* list = value.if_array()) {
    for (const bj::value& entry : *list) {
      each_reference(entry, call);
    }
  }
}

TEST(OpenApi, refers_only_to_what_is_there)
{
  std::size_t references = 0;
  each_reference(document(), [&](std::string_view reference) {
    ++references;
    EXPECT_TRUE(reference.starts_with('#') && has(reference.substr(1))) << reference;
  });
  EXPECT_GT(references, 50U);
}

TEST(OpenApi, tells_what_a_service_needs_and_gets)
{
  const std::string asked = "/paths/~1api~1introspect/post/";
  EXPECT_EQ(at(asked + "security/0/service_credential/0"), R"("introspect")");
  EXPECT_EQ(at(asked + "description"), R"("Needs: A service credential with the scope `introspect`.")");
  EXPECT_TRUE(has(asked + "requestBody/content/application~1x-www-form-urlencoded/schema/$ref"));
  EXPECT_TRUE(has(asked + "responses/401/content/application~1json/examples/invalid_client"));
  EXPECT_TRUE(has(asked + "responses/403/content/application~1json/examples/insufficient_scope"));
  EXPECT_TRUE(has(asked + "responses/400/content/application~1json/examples/invalid_request"));
  EXPECT_TRUE(has(asked + "responses/400/content/application~1problem+json/examples/request_malformed"));
  EXPECT_FALSE(has(asked + "responses/422"));
}

TEST(RouteNotes, find_no_gap_in_a_whole_table_and_each_in_a_bad_one)
{
  EXPECT_THAT(gaps(sample::router()), ::testing::IsEmpty());
  Router bad;
  static constexpr std::array fields{json::field<&sample::Address::line>("line", {}, "")};
  static const json::Shape<sample::Address> shape{"Bare", fields};
  bad.mount(
      sample::NoDeps{},
      std::vector<Route<sample::NoDeps>>{
          {.method = Method::get,
           .pattern = "/api/things/{id}",
           .handler = &sample::answer,
           .reply = &shape,
           .query = {{.name = "q", .doc = ""}}}
      }
  );
  EXPECT_EQ(gaps(bad).size(), 5U);
}

TEST(RouteNotes, tell_of_two_unlike_shapes_of_one_name)
{
  static constexpr std::array fields{json::field<&sample::Address::line>("line", {}, "Line.")};
  static const json::Shape<sample::Address> clashing{"User", fields};
  Router router = sample::router();
  router.mount(
      sample::NoDeps{},
      std::vector<Route<sample::NoDeps>>{
          {.method = Method::get,
           .pattern = "/api/other",
           .handler = &sample::answer,
           .operation = "get_other",
           .summary = "Another",
           .reply = &clashing}
      }
  );
  EXPECT_THAT(gaps(router), ::testing::ElementsAre("two shapes that differ are called User"));
}

TEST(RouteNotes, make_an_example_body)
{
  EXPECT_EQ(example_of(sample::wish_shape), R"({"name":"Ada","age":36,"password":"lantern drizzle orbit"})");
  EXPECT_TRUE(json::read(example_of(sample::wish_shape), sample::wish_shape));
}

}  // namespace
}  // namespace usher::http
