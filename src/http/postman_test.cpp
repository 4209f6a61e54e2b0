#include "http/postman.hpp"

#include "http/docs_assets.hpp"
#include "http/docs_page.hpp"
#include "http/documents_testing.hpp"
#include "json/document.hpp"

#include <gmock/gmock.h>

namespace usher::http {
namespace {

namespace bj = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

bj::object parsed(std::string_view text)
{
  auto object = json::parse_object(text);
  EXPECT_TRUE(object) << text;
  return object ? *std::move(object) : bj::object{};
}

TEST(Postman, has_the_walk_and_then_every_route_in_its_folder)
{
  const bj::object collection = parsed(postman_collection(sample::router(), sample::info));
  const bj::array& folders = collection.at("item").as_array();
  EXPECT_EQ(folders.at(0).at("name").as_string(), "Walk");
  EXPECT_EQ(folders.at(0).at("item").as_array().size(), default_walk().size());
  std::size_t routes = 0;
  for (std::size_t i = 1; i < folders.size(); ++i) {
    routes += folders.at(i).at("item").as_array().size();
  }
  EXPECT_EQ(routes, sample::router().entries().size());
}

TEST(Postman, sends_the_token_that_the_guard_asks_for)
{
  const std::string text = postman_collection(sample::router(), sample::info);
  EXPECT_THAT(text, HasSubstr(R"("value":"{{access_token}}")"));
  EXPECT_THAT(text, HasSubstr(R"("value":"{{refresh_token}}")"));
  EXPECT_THAT(text, HasSubstr(R"("raw":"{{base_url}}/api/users/{{user_id}}")"));
  EXPECT_THAT(text, HasSubstr(R"("path":["api","sessions","{{session_id}}"])"));
}

TEST(Postman, sends_a_services_credential_and_a_form)
{
  const std::string text = postman_collection(sample::router(), sample::info);
  EXPECT_THAT(
      text,
      HasSubstr(
          R"("auth":{"type":"basic","basic":[{"key":"username","value":"{{client_id}}","type":"string"},)"
          R"({"key":"password","value":"{{client_secret}}","type":"string"}]})"
      )
  );
  EXPECT_THAT(
      text,
      HasSubstr(R"("body":{"mode":"urlencoded","urlencoded":[{"key":"token","value":"{{access_token}}",)"
                R"("description":"Which.","disabled":false},{"key":"client_id")")
  );
}

TEST(Postman, asserts_documented_statuses)
{
  const std::string text = postman_collection(sample::router(), sample::info);
  EXPECT_THAT(text, HasSubstr("oneOf([201, 400, 409, 413, 415, 429, 503])"));
}

TEST(Postman, has_an_environment_with_its_variables)
{
  const bj::object environment = parsed(postman_environment(sample::info));
  EXPECT_EQ(environment.at("_postman_variable_scope").as_string(), "environment");
  EXPECT_EQ(environment.at("values").at(0).at("key").as_string(), "base_url");
  EXPECT_EQ(environment.at("values").at(0).at("value").as_string(), "http://127.0.0.1:8080");
}

TEST(DocsPage, shows_every_route_shape_and_refusal)
{
  const Router router = sample::router();
  const std::string page = docs_page(router, sample::info);
  for (const auto& entry : router.entries()) {
    EXPECT_THAT(page, HasSubstr("<article id=\"" + entry->operation + "\">"));
  }
  EXPECT_THAT(page, HasSubstr("id=\"shape-Address\""));
  EXPECT_THAT(page, HasSubstr("id=\"error-token_not_fresh\""));
  EXPECT_THAT(page, HasSubstr("text, 1 to 30"));
}

TEST(DocsPage, stands_under_a_strict_policy_and_escapes_text)
{
  const std::string page = docs_page(sample::router(), sample::info);
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("<style")));
  EXPECT_THAT(page, Not(HasSubstr("style=")));
  EXPECT_THAT(page, HasSubstr("Change &lt;some&gt; of a user"));
  EXPECT_THAT(page, HasSubstr("Line &lt;one&gt; &amp; &quot;more&quot;."));
  EXPECT_THAT(std::string{docs_css()}, HasSubstr("color-scheme"));
}

}  // namespace
}  // namespace usher::http
