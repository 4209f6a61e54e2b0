#include "http/errors_page.hpp"

#include "http/problem.hpp"
#include "http/refusals.hpp"

#include <array>

namespace usher::http {
namespace {

/// What any request may meet before there is a route; no route lists these.
constexpr std::array<const Refusal*, 8> before_routes{
    &target_too_long,
    &head_too_large,
    &coding_unknown,
    &version_not_supported,
    &expectation_unknown,
    &route_not_found,
    &method_not_allowed,
    &not_acceptable,
};

constexpr std::string_view opening = R"(# Errors

This page is made by `usher openapi --errors`; edit the `Refusal` where its rule lives instead.

Every refusal is `application/problem+json` (RFC 9457). Programs react to its member `error`, which is one of these
and never changes its meaning; `detail` may say more than the cure that stands here.

| `error` | Status | Cause | Cure |
|---|---|---|---|
)";

void add_cell(std::string& page, std::string_view text)
{
  for (const char c : text) {
    page += c == '|' ? "\\|" : std::string{c};
  }
  page += " | ";
}

void add_line(std::string& page, const Refusal& refusal)
{
  page += "| ";
  add_cell(page, "`" + std::string{refusal.code} + "`");
  add_cell(page, std::to_string(status_of(refusal.kind)));
  add_cell(page, refusal.title);
  add_cell(page, refusal.detail);
  page.back() = '\n';
}

}  // namespace

std::string errors_page(const Router& router, const DocumentInfo& info)
{
  auto all = all_refusals(router, info);
  for (const Refusal* refusal : before_routes) {
    all.try_emplace(refusal->code, refusal);
  }
  std::string page{opening};
  for (const auto& [code, refusal] : all) {
    add_line(page, *refusal);
  }
  return page;
}

}  // namespace usher::http
