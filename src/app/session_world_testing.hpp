#pragma once

#include "app/session_node_testing.hpp"
#include "app/session_steps_testing.hpp"
#include "features/accounts/service.hpp"
#include "features/auth/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace usher::app::model {

/// The same three people with their sessions and tokens, once in the model and once for real.
class World {
 public:
  static constexpr std::size_t people = 3;

  World(const Settings& settings, const auth::Options& options) : model{settings}, options_{options} {}

  Model model;
  std::vector<Step> steps;  ///< what was done
  std::string difference;   ///< the first that was found
  bool telling{false};      ///< keep the story
  std::vector<std::string> story;
  std::map<std::string, std::uint64_t> outcomes;  ///< of gates and deeds, for the count at the end

  /// An administrator whom nobody touches, so that none of the others is the last.
  static void settle_keeper_in(db::Tx& tx, std::size_t number, Seconds now)
  {
    const users::NewUser keeper{
        .profile = {.name = "Keeper", .email = fmt::format("keeper{}@example.org", number), .age = 36},
        .role = users::Role::admin
    };
    (void)users::insert(tx, keeper, instant(now)).value();
  }

  void settle_in(db::Tx& tx, std::size_t number, Seconds now)
  {
    ids_.clear();
    for (std::size_t who = 0; who < people; ++who) {
      const auto role = who == people - 1 ? users::Role::admin : users::Role::user;
      const users::NewUser wanted{
          .profile = {.name = "Somebody", .email = fmt::format("p{}x{}@example.org", number, who), .age = 36},
          .role = role,
          .password_hash = hash_of(1)
      };
      ids_.push_back(users::insert(tx, wanted, instant(now)).value().id);
    }
    model.people.assign(people, Person{});
    model.people.back().admin = true;
  }

  /// The process is gone, and with it whatever had not been written.
  void lose_process() { parked_.clear(); }

  // One round: arrive(), then all deeds in one transaction, then settle() and compare().

  void arrive(Node& node, const Step& step, Seconds now)
  {
    steps.push_back(step);
    tell(fmt::format(
        "round {}: {}{}", step.round, name_of(step.kind), step.parks ? ", as far as the gate" : ""
    ));
    if (step.kind == Kind::finish) {
      take_parked(step, now);
      return;
    }
    std::optional<Request> request = admit(node, step, now);
    if (!request) {
      return;
    }
    if (step.parks) {
      parked_.push_back(*std::move(request));
    } else {
      due_.push_back(*std::move(request));
    }
  }

  void add_deeds(std::vector<Node::Work>& works)
  {
    for (Request& request : due_) {
      works.emplace_back([this, &request](db::Tx& tx) {
        do_deed(tx, request);
        const bool good = request.outcome == "done" || request.outcome == "rotated" ||
                          request.outcome == "repeated" || request.outcome == "stolen";
        return good ? db::Verdict::commit : db::Verdict::rollback;
      });
    }
  }

  void settle(Node& node)
  {
    for (Request& request : due_) {
      const std::string promised = promise(request);
      ++outcomes[request.outcome];
      expect(fmt::format("{} at {}", name_of(request.kind), request.now), promised, request.outcome);
      if (request.grant && difference.empty()) {
        take_tokens(node, request);
      }
    }
    due_.clear();
  }

  void compare(Node& node, Seconds now, std::uint64_t dice)
  {
    compare_sessions(node, now);
    for (std::size_t at = 0; at < model.accesses.size(); ++at) {
      const Access& token = model.accesses[at];
      if (now >= token.expires + model.settings().leeway) {
        continue;
      }
      compare_access(node, 0, at, now);
      // The other loop sees a token more seldom, and may meet it for the first time when it is dead.
      if (((dice >> (at % 64)) & 1U) != 0) {
        compare_access(node, 1, at, now);
      }
    }
  }

  /// Every refresh token there ever was, without using it.
  void compare_refreshes(Node& node, Seconds now)
  {
    for (std::size_t at = 0; at < model.refreshes.size(); ++at) {
      const auto caller = node.loop(at).authenticator.authenticate(refreshes_[at], http::TokenUse::refresh);
      std::string outcome = code_of(caller);
      std::string promised = model.gate(model.refreshes[at], now);
      if (caller) {
        outcome = peeked(node.loop(at), *caller, now, nullptr);
        promised = promised == "done" ? as_peeked(model.judge(model.refreshes[at], now)) : promised;
      }
      expect(fmt::format("a look at refresh token {} at {}", at, now), promised, outcome);
    }
  }

  /// An edge in time that matters to somebody: where a clock should stop to find what is off by one.
  Seconds an_edge(std::uint64_t a, std::uint64_t b, Seconds now) const
  {
    if (model.logins.empty()) {
      return now;
    }
    const Login& login = model.logins[a % model.logins.size()];
    const Seconds left = login.end - now;
    if (left > 0 && left <= model.settings().access_life) {
      return login.end;
    }
    const std::array<Seconds, 7> edges{
        login.idle_end,
        login.end,
        login.idle_end - model.settings().access_life / 2,  // so that tokens are young when it comes
        login.end - model.settings().access_life / 2,
        login.refreshed + model.settings().window,
        login.refreshed + model.settings().access_life,
        login.refreshed + model.settings().access_life + model.settings().leeway,
    };
    return edges.at(b % edges.size());
  }

  void tell(std::string line)
  {
    if (telling) {
      story.push_back(std::move(line));
    }
  }

 private:
  void expect(const std::string& what, const std::string& promised, const std::string& got)
  {
    tell(fmt::format("  {}: {}", what, got));
    if (difference.empty() && promised != got) {
      difference = fmt::format("{}: promised {}, got {}", what, promised, got);
    }
  }

  void take_parked(const Step& step, Seconds now)
  {
    if (parked_.empty()) {
      return;
    }
    const auto at =
        parked_.begin() + static_cast<std::ptrdiff_t>(static_cast<std::uint64_t>(step.a) % parked_.size());
    Request request = std::move(*at);
    parked_.erase(at);
    // A refresh is judged by the moment in which it came, everything else by that of the deed.
    if (request.kind != Kind::refresh && request.kind != Kind::refresh_unissued) {
      request.now = now;
    }
    due_.push_back(std::move(request));
  }

  // At the gate.

  std::optional<Request> admit(Node& node, const Step& step, Seconds now)
  {
    Request request{.kind = step.kind, .step = steps.size() - 1, .now = now};
    request.who = step.b % people;
    request.password = model.people[request.who].password;
    request.flag = step.c % 2 == 0;
    if (step.kind == Kind::log_in) {
      request.who = step.b % 8 < 5 ? 0 : step.b % people;
      request.password = model.people[request.who].password;
      return request;
    }
    if (step.kind == Kind::refresh || step.kind == Kind::refresh_unissued) {
      return admit_refresh(node, step, std::move(request));
    }
    if (step.kind == Kind::access_unissued) {
      forge_other_role(node, step, now);
      return std::nullopt;
    }
    const bool by_admin = step.kind >= Kind::end_theirs;
    if (!admit_access(node, step, by_admin, request)) {
      return std::nullopt;
    }
    if (!by_admin) {
      request.who = request.actor.person;
      request.password = model.people[request.who].password;
    }
    const bool about_one = step.kind == Kind::end_one || step.kind == Kind::end_one_of_theirs;
    if (about_one && !model.logins.empty() && step.b % 8 != 0) {
      request.which = step.b % model.logins.size();
    }
    return request;
  }

  /// False when the gate keeps it out, or there is no such token.
  bool admit_access(Node& node, const Step& step, bool by_admin, Request& request)
  {
    std::vector<std::size_t> candidates;
    for (std::size_t at = 0; at < model.accesses.size(); ++at) {
      if (!by_admin || model.accesses[at].admin) {
        candidates.push_back(at);
      }
    }
    if (by_admin && (candidates.empty() || step.c % 4 < 2)) {
      request.caller = shell_caller();
      return true;
    }
    if (candidates.empty()) {
      return false;
    }
    // The young ones more often: the others are mostly dead.
    std::size_t place = static_cast<std::size_t>(step.a) % candidates.size();
    if (step.c % 3 != 0) {
      place = candidates.size() - 1 - place % std::min<std::size_t>(candidates.size(), 4);
    }
    const std::size_t token = candidates[place];
    const auto caller =
        node.loop(step.c / 8).authenticator.authenticate(accesses_[token], http::TokenUse::access);
    expect(
        fmt::format("the gate, access token {}", token),
        model.gate(model.accesses[token], request.now),
        code_of(caller)
    );
    if (!caller || !difference.empty()) {
      return false;
    }
    request.caller = *caller;
    request.actor = model.actor_of(model.accesses[token]);
    return true;
  }

  std::optional<Request> admit_refresh(Node& node, const Step& step, Request request)
  {
    if (model.refreshes.empty()) {
      return std::nullopt;
    }
    std::size_t place = static_cast<std::size_t>(step.a) % model.refreshes.size();
    if (step.c % 4 != 0) {
      place = model.refreshes.size() - 1 - place % std::min<std::size_t>(model.refreshes.size(), 3);
    }
    if (step.kind == Kind::refresh_unissued) {
      place = forge_ahead(node, place, step);
    }
    Loop& loop = node.loop(step.c / 8);
    request.token = place;
    request.actor.login = model.refreshes[place].login;
    const auto caller = loop.authenticator.authenticate(refreshes_[place], http::TokenUse::refresh);
    const std::string promised = model.gate(model.refreshes[place], request.now);
    expect(fmt::format("the gate, refresh token {}", place), promised, code_of(caller));
    if (!caller || !difference.empty()) {
      return std::nullopt;
    }
    request.caller = *caller;
    request.outcome = peeked(loop, *caller, request.now, &request.grant);
    const std::string judged = as_peeked(model.judge(model.refreshes[place], request.now));
    expect(
        fmt::format("a look at session {}, n={}", request.actor.login, model.refreshes[place].number),
        judged,
        request.outcome
    );
    if (request.outcome == "asks the writer") {
      return request;
    }
    ++outcomes[request.outcome];
    if (request.grant && difference.empty()) {
      take_tokens(node, request);
    }
    return std::nullopt;
  }

  /// An access token of the other role, in the session's present generation.
  void forge_other_role(Node& node, const Step& step, Seconds now)
  {
    if (model.logins.empty()) {
      return;
    }
    const std::size_t which = static_cast<std::size_t>(step.a) % model.logins.size();
    Access& token = model.issue_access(which, false, now);
    token.admin = !token.admin;
    accesses_.push_back(node.loop(0).mint.sign(tokens::AccessClaims{
        .subject = ids_[model.logins[which].person].value,
        .session = logins_[which],
        .generation = token.generation,
        .admin = token.admin,
        .amr = "pwd",
        .issued = instant(token.issued),
        .expires = instant(token.expires)
    }));
  }

  /// A token of the same session with a number that this database never gave.
  std::size_t forge_ahead(Node& node, std::size_t like, const Step& step)
  {
    Refresh token = model.refreshes[like];
    const Login& login = model.logins[token.login];
    token.number = login.newest + 1 + step.b % 3;
    refreshes_.push_back(node.loop(0).mint.sign(tokens::RefreshClaims{
        .subject = ids_[login.person].value,
        .session = logins_[token.login],
        .generation = login.generation,
        .counter = token.number,
        .issued = instant(token.issued),
        .expires = instant(token.expires)
    }));
    model.refreshes.push_back(token);
    return model.refreshes.size() - 1;
  }

  static std::string as_peeked(const std::string& judged)
  {
    return judged == "rotated" || judged == "stolen" ? "asks the writer" : judged;
  }

  std::string peeked(Loop& loop, const Caller& caller, Seconds now, std::optional<auth::Grant>* grant) const
  {
    const auto found =
        loop.door.read([&](db::Tx& tx) { return auth::peek_refresh(tx, caller, options_, instant(now)); });
    if (!found) {
      return std::string{found.error().code()};
    }
    if (!*found) {
      return "asks the writer";
    }
    if (grant != nullptr) {
      *grant = (*found)->grant;
    }
    return (*found)->how == auth::Refreshed::How::repeated ? "repeated" : "something else";
  }

  // In the writer's transaction.

  void do_deed(db::Tx& tx, Request& request) const
  {
    const users::UserId who = ids_[request.who];
    const Instant now = instant(request.now);
    const users::Deed deed{.caller = request.caller, .origin = origin_, .now = now};
    switch (request.kind) {
      case Kind::log_in:
        granted(request, auth::start_session(tx, {who, hash_of(request.password)}, origin_, options_, now));
        break;
      case Kind::freshen:
        granted(
            request,
            auth::authenticate_again(tx, request.caller, {who, hash_of(request.password)}, origin_, now)
        );
        break;
      case Kind::refresh:
      case Kind::refresh_unissued: do_refresh(tx, request); break;
      case Kind::log_out: request.outcome = code_of(auth::log_out(tx, request.caller, origin_, now)); break;
      case Kind::end_one:
        request.outcome = code_of(auth::end_session(tx, request.caller, session_of(request), origin_, now));
        break;
      case Kind::end_others:
        request.outcome = code_of(auth::end_sessions(tx, request.caller, auth::Which::others, origin_, now));
        break;
      case Kind::end_all:
        request.outcome = code_of(auth::end_sessions(tx, request.caller, auth::Which::all, origin_, now));
        break;
      case Kind::change_password:
        request.outcome =
            code_of(accounts::change_user(tx, deed, who, {.password_hash = hash_of(request.password + 1)}, {})
            );
        break;
      case Kind::end_theirs:
        request.outcome = code_of(auth::end_sessions_of(tx, request.caller, who, origin_, now));
        break;
      case Kind::end_one_of_theirs:
        request.outcome =
            code_of(auth::end_session_of(tx, request.caller, {who, session_of(request)}, origin_, now));
        break;
      case Kind::reset_password:
        request.outcome = code_of(accounts::set_password(tx, deed, who, hash_of(request.password + 1)));
        break;
      case Kind::change_role:
        request.outcome =
            code_of(accounts::set_role(tx, deed, who, request.flag ? users::Role::admin : users::Role::user));
        break;
      case Kind::disable: request.outcome = code_of(accounts::disable(tx, deed, who)); break;
      case Kind::enable: request.outcome = code_of(accounts::enable(tx, deed, who)); break;
      case Kind::erase: request.outcome = code_of(accounts::delete_user(tx, deed, who)); break;
      default: USHER_ASSERT(false);
    }
  }

  static void granted(Request& request, Result<auth::Grant> result)
  {
    request.outcome = code_of(result);
    if (result) {
      request.grant = *std::move(result);
    }
  }

  void do_refresh(db::Tx& tx, Request& request) const
  {
    auto result = auth::refresh(tx, request.caller, origin_, options_, instant(request.now));
    if (!result) {
      request.outcome = code_of(result);
      return;
    }
    switch (result->how) {
      case auth::Refreshed::How::rotated: request.outcome = "rotated"; break;
      case auth::Refreshed::How::repeated: request.outcome = "repeated"; break;
      case auth::Refreshed::How::stolen: request.outcome = "stolen"; break;
    }
    request.grant = std::move(result->grant);
  }

  Uuid session_of(const Request& request) const
  {
    return request.which == Model::nobody ? Uuid{.high = 1, .low = 1} : logins_[request.which];
  }

  // The same in the model.

  std::string promise(Request& request)
  {
    const Seconds now = request.now;
    switch (request.kind) {
      case Kind::log_in: return model.log_in(request.who, request.password, now);
      case Kind::freshen: return model.freshen(request.actor, request.password, now);
      case Kind::refresh:
      case Kind::refresh_unissued: return model.refresh(model.refreshes[request.token], now);
      case Kind::log_out: return model.log_out(request.actor, now);
      case Kind::end_one: return model.end_one(request.actor, request.which, now);
      case Kind::end_others: return model.end_mine(request.actor, false, now);
      case Kind::end_all: return model.end_mine(request.actor, true, now);
      case Kind::change_password:
        return model.change_password(request.actor, request.who, request.password + 1, now);
      case Kind::end_theirs: return model.end_theirs(request.actor, request.who, now);
      case Kind::end_one_of_theirs:
        return model.end_one_of_theirs(request.actor, request.who, request.which, now);
      case Kind::reset_password:
        return model.reset_password(request.actor, request.who, request.password + 1, now);
      case Kind::change_role: return model.change_role(request.actor, request.who, request.flag, now);
      case Kind::disable: return model.disable(request.actor, request.who, now);
      case Kind::enable: return model.enable(request.actor, request.who, now);
      case Kind::erase: return model.erase(request.actor, request.who, now);
      default: return "no such deed";
    }
  }

  // What the answer brings.

  void take_tokens(Node& node, const Request& request)
  {
    const auth::Grant& grant = *request.grant;
    const bool fresh = request.kind == Kind::log_in || request.kind == Kind::freshen;
    std::size_t login = request.actor.login;
    if (request.kind == Kind::log_in) {
      login = model.logins.size() - 1;
      logins_.push_back(grant.session.id);
    }
    tokens::Mint& mint = node.loop(request.step).mint;
    accesses_.push_back(mint.sign(auth::access_claims(
        grant,
        fresh ? auth::Freshness::fresh : auth::Freshness::not_fresh,
        options_.tokens,
        instant(request.now)
    )));
    model.issue_access(login, fresh, request.now);
    if (request.kind == Kind::freshen) {
      return;
    }
    refreshes_.push_back(mint.sign(auth::refresh_claims(grant)));
    const Refresh& promised = model.issue_refresh(login);
    expect(
        fmt::format("the refresh token for session {}", login),
        fmt::format("n={} from {} to {}", promised.number, promised.issued, promised.expires),
        fmt::format(
            "n={} from {} to {}",
            grant.session.counter,
            epoch_seconds(grant.session.refreshed),
            epoch_seconds(grant.session.idle_expires)
        )
    );
  }

  // After the round.

  void compare_access(Node& node, std::size_t loop, std::size_t at, Seconds now)
  {
    const auto caller = node.loop(loop).authenticator.authenticate(accesses_[at], http::TokenUse::access);
    const Access& token = model.accesses[at];
    const std::string promised = model.gate(token, now);
    if (difference.empty() && promised != code_of(caller)) {
      expect(fmt::format("access token {} at loop {} at {}", at, loop, now), promised, code_of(caller));
    }
    if (difference.empty() && caller && token.revoked) {
      difference = fmt::format("access token {} was dead and lives again at {}", at, now);
    }
    if (difference.empty() && caller && !says_the_same(*caller, token)) {
      difference = fmt::format("access token {} speaks for somebody else", at);
    }
  }

  bool says_the_same(const Caller& caller, const Access& token) const
  {
    return caller.user == ids_[model.logins[token.login].person].value &&
           caller.session == logins_[token.login] && caller.generation == token.generation &&
           caller.admin == token.admin && caller.fresh == token.fresh;
  }

  void compare_sessions(Node& node, Seconds now)
  {
    for (std::size_t who = 0; who < people; ++who) {
      const auto listed = node.loop(who).door.read([&](db::Tx& tx) {
        return Result<std::vector<sessions::Session>>{auth::list_sessions(tx, ids_[who], instant(now))};
      });
      std::size_t shown = 0;
      for (std::size_t at = 0; at < model.logins.size(); ++at) {
        const Login& login = model.logins[at];
        if (login.person != who || !model.is_shown(login, now)) {
          continue;
        }
        ++shown;
        compare_session(at, listed.value(), now);
      }
      if (difference.empty() && shown != listed->size()) {
        difference =
            fmt::format("person {} has {} sessions, promised {}, at {}", who, listed->size(), shown, now);
      }
    }
  }

  void compare_session(std::size_t at, const std::vector<sessions::Session>& listed, Seconds now)
  {
    const Login& login = model.logins[at];
    const auto found = std::ranges::find(listed, logins_[at], &sessions::Session::id);
    const auto said = [](std::string_view reason, std::int64_t counter, Seconds idle_end, Seconds end) {
      return fmt::format(
          "{} n={} idle at {} over at {}", reason.empty() ? "alive" : reason, counter, idle_end, end
      );
    };
    const std::string promised = said(Model::reason(login, now), login.newest, login.idle_end, login.end);
    std::string got = "not there";
    if (found != listed.end()) {
      got = said(
          found->end_reason ? sessions::name_of(*found->end_reason) : "",
          found->counter,
          epoch_seconds(found->idle_expires),
          epoch_seconds(found->expires)
      );
    }
    if (promised != got) {
      expect(fmt::format("session {} at {}", at, now), promised, got);
    }
  }

  const auth::Options& options_;
  Origin origin_{.address = "203.0.113.7", .user_agent = "model/1", .request_id = "r1"};
  std::vector<users::UserId> ids_;
  std::vector<Uuid> logins_;
  std::vector<std::string> accesses_;
  std::vector<std::string> refreshes_;
  std::vector<Request> parked_;
  std::vector<Request> due_;
};

}  // namespace usher::app::model
