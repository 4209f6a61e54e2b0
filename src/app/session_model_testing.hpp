#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

/// What docs/sessions.md promises, written down a second time from that page alone: no code of ours is used
/// here, so that what is held against it cannot be wrong in the same way.
namespace usher::app::model {

using Seconds = std::int64_t;  ///< a length, or since 1970

enum class Reuse { until_used, window, once };

struct Settings {
  Seconds access_life{900};
  Seconds idle_life{7200};
  Seconds whole_life{18'000};
  Seconds leeway{0};
  Reuse reuse{Reuse::until_used};
  Seconds window{10};
};

inline constexpr Seconds shown_for{30 * 86'400};  ///< how long one can read why a session is over

struct Person {
  bool exists{true};
  bool disabled{false};
  bool admin{false};
  std::int64_t generation{1};
  std::int64_t password{1};  ///< which one it is
};

struct Login {
  std::size_t person{};
  std::int64_t generation{};
  std::int64_t newest{1};
  Seconds refreshed{};
  Seconds idle_end{};
  Seconds end{};
  std::string over;  ///< the reason; empty while it lives
  Seconds over_at{};
  bool kept{true};  ///< false once its account was deleted, or it was swept away
};

struct Access {
  std::size_t login{};
  std::int64_t generation{};
  bool admin{};
  bool fresh{};
  Seconds issued{};
  Seconds expires{};
  bool revoked{false};  ///< never to be accepted again
};

struct Refresh {
  std::size_t login{};
  std::int64_t number{};
  Seconds issued{};
  Seconds expires{};
};

/// On whose behalf: what a token said, or the command line.
struct Actor {
  static constexpr std::size_t shell = std::numeric_limits<std::size_t>::max();

  std::size_t person{shell};
  std::size_t login{shell};
  std::int64_t generation{};
  bool admin{true};
  bool fresh{true};
};

/// Outcomes are the codes of refusals, or "done", "rotated", "repeated", "stolen".
class Model {
 public:
  static constexpr std::size_t nobody = std::numeric_limits<std::size_t>::max();

  explicit Model(const Settings& settings) : settings_{settings} {}

  std::vector<Person> people;
  std::vector<Login> logins;
  std::vector<Access> accesses;
  std::vector<Refresh> refreshes;

  const Settings& settings() const { return settings_; }

  // At the gate.

  std::string gate(const Access& token, Seconds now) const
  {
    if (std::string refusal = out_of_time(token.issued, token.expires, now); !refusal.empty()) {
      return refusal;
    }
    const Login& login = logins[token.login];
    if (!is_there(login) || !login.over.empty() || now >= login.end) {
      return "session_ended";
    }
    return acts(actor_of(token), now) ? "done" : "token_revoked";
  }

  std::string gate(const Refresh& token, Seconds now) const
  {
    return now >= token.expires + settings_.leeway ? "token_expired" : "done";
  }

  Actor actor_of(const Access& token) const
  {
    return {
        .person = logins[token.login].person,
        .login = token.login,
        .generation = token.generation,
        .admin = token.admin,
        .fresh = token.fresh
    };
  }

  /// May a write still be done on behalf of the actor?
  bool acts(const Actor& actor, Seconds now) const
  {
    if (actor.person == Actor::shell) {
      return true;
    }
    const Login& login = logins[actor.login];
    const Person& person = people[actor.person];
    const bool lives = is_there(login) && login.over.empty() && now < login.end;
    const bool current = actor.generation == person.generation && login.generation == person.generation &&
                         actor.admin == person.admin;
    return lives && current && !person.disabled;
  }

  /// Why the session is over; empty while it lives.
  static std::string reason(const Login& login, Seconds now)
  {
    if (!login.over.empty()) {
      return login.over;
    }
    return now >= std::min(login.idle_end, login.end) ? "expired" : "";
  }

  // The refresh table.

  std::string judge(const Refresh& token, Seconds now) const
  {
    const Login& login = logins[token.login];
    if (!is_there(login) || !reason(login, now).empty()) {
      return "session_ended";
    }
    const Person& person = people[login.person];
    if (person.disabled || login.generation != person.generation) {
      return "token_revoked";
    }
    if (token.number > login.newest) {
      return "token_unknown";
    }
    if (token.number == login.newest) {
      return "rotated";
    }
    return token.number == login.newest - 1 && forgives(login, now) ? "repeated" : "stolen";
  }

  std::string refresh(const Refresh& token, Seconds now)
  {
    std::string outcome = judge(token, now);
    Login& login = logins[token.login];
    if (outcome == "rotated") {
      ++login.newest;
      login.refreshed = now;
      login.idle_end = std::min(now + settings_.idle_life, login.end);
    } else if (outcome == "stolen") {
      finish(token.login, "refresh_reused", now);
    }
    return outcome;
  }

  // Deeds.

  /// `password` is the one that was shown.
  std::string log_in(std::size_t who, std::int64_t password, Seconds now)
  {
    const Person& person = people[who];
    if (!person.exists || person.disabled || person.password != password) {
      return "bad_credentials";
    }
    const Seconds end = now + settings_.whole_life;
    logins.push_back(
        {.person = who,
         .generation = person.generation,
         .refreshed = now,
         .idle_end = std::min(now + settings_.idle_life, end),
         .end = end}
    );
    return "done";
  }

  std::string freshen(const Actor& actor, std::int64_t password, Seconds now) const
  {
    const Person& person = people[actor.person];
    if (!person.exists || person.disabled || person.password != password) {
      return "bad_credentials";
    }
    const Login& login = logins[actor.login];
    if (!is_there(login) || !login.over.empty() || now >= login.end) {
      return "session_ended";
    }
    return login.generation == person.generation ? "done" : "token_revoked";
  }

  std::string log_out(const Actor& actor, Seconds now)
  {
    const Login& login = logins[actor.login];
    if (!is_there(login) || !login.over.empty()) {
      return "session_ended";
    }
    finish(actor.login, "logout", now);
    return "done";
  }

  /// `which` may be nobody: a session that never was.
  std::string end_one(const Actor& actor, std::size_t which, Seconds now)
  {
    if (!acts(actor, now)) {
      return "token_revoked";
    }
    if (which == nobody || !is_there(logins[which]) || logins[which].person != actor.person) {
      return "session_not_found";
    }
    if (logins[which].over.empty()) {
      finish(which, which == actor.login ? "logout" : "ended_by_user", now);
    }
    return "done";
  }

  std::string end_mine(const Actor& actor, bool this_one_too, Seconds now)
  {
    if (!acts(actor, now)) {
      return "token_revoked";
    }
    finish_all(actor.person, "ended_by_user", actor.login, now);
    if (this_one_too) {
      finish(actor.login, "logout", now);
    }
    return "done";
  }

  std::string end_theirs(const Actor& actor, std::size_t who, Seconds now)
  {
    if (const std::string refusal = refusal_about(actor, who, now); !refusal.empty()) {
      return refusal;
    }
    finish_all(who, "ended_by_admin", nobody, now);
    return "done";
  }

  std::string end_one_of_theirs(const Actor& actor, std::size_t who, std::size_t which, Seconds now)
  {
    if (const std::string refusal = refusal_about(actor, who, now); !refusal.empty()) {
      return refusal;
    }
    if (which == nobody || !is_there(logins[which]) || logins[which].person != who) {
      return "session_not_found";
    }
    finish(which, "ended_by_admin", now);
    return "done";
  }

  /// By oneself, which takes a fresh token.
  std::string change_password(const Actor& actor, std::size_t who, std::int64_t password, Seconds now)
  {
    if (acts(actor, now) && !actor.fresh) {
      return "token_not_fresh";
    }
    return reset_password(actor, who, password, now);
  }

  std::string reset_password(const Actor& actor, std::size_t who, std::int64_t password, Seconds now)
  {
    if (const std::string refusal = refusal_about(actor, who, now); !refusal.empty()) {
      return refusal;
    }
    people[who].password = password;
    leave_generation_behind(who, "password_changed", actor.person == who ? actor.login : nobody, now);
    return "done";
  }

  std::string change_role(const Actor& actor, std::size_t who, bool admin, Seconds now)
  {
    if (const std::string refusal = refusal_about(actor, who, now); !refusal.empty()) {
      return refusal;
    }
    if (people[who].admin != admin) {
      people[who].admin = admin;
      leave_generation_behind(who, "role_changed", nobody, now);
    }
    return "done";
  }

  std::string disable(const Actor& actor, std::size_t who, Seconds now)
  {
    if (const std::string refusal = refusal_about(actor, who, now); !refusal.empty()) {
      return refusal;
    }
    if (!people[who].disabled) {
      people[who].disabled = true;
      leave_generation_behind(who, "disabled", nobody, now);
    }
    return "done";
  }

  std::string enable(const Actor& actor, std::size_t who, Seconds now)
  {
    if (const std::string refusal = refusal_about(actor, who, now); !refusal.empty()) {
      return refusal;
    }
    if (people[who].disabled) {
      people[who].disabled = false;
      // Whatever was issued before is still dead: its sessions ended.
      ++people[who].generation;
    }
    return "done";
  }

  std::string erase(const Actor& actor, std::size_t who, Seconds now)
  {
    if (const std::string refusal = refusal_about(actor, who, now); !refusal.empty()) {
      return refusal;
    }
    people[who].exists = false;
    for (std::size_t at = 0; at < logins.size(); ++at) {
      if (logins[at].person == who) {
        logins[at].kept = false;
        revoke_accesses_of(at);
      }
    }
    return "done";
  }

  void sweep(Seconds now)
  {
    for (Login& login : logins) {
      const Seconds over_at = login.over.empty() ? login.idle_end : login.over_at;
      login.kept = login.kept && over_at >= now - shown_for;
    }
  }

  bool is_there(const Login& login) const { return login.kept && people[login.person].exists; }

  /// Is it among the sessions that its user can see?
  bool is_shown(const Login& login, Seconds now) const
  {
    return is_there(login) && (login.over.empty() ? login.idle_end : login.over_at) > now - shown_for;
  }

  // What is issued.

  Access& issue_access(std::size_t which, bool fresh, Seconds now)
  {
    const Login& login = logins[which];
    accesses.push_back(
        {.login = which,
         .generation = people[login.person].generation,
         .admin = people[login.person].admin,
         .fresh = fresh,
         .issued = now,
         .expires = std::min(now + settings_.access_life, login.end)}
    );
    return accesses.back();
  }

  Refresh& issue_refresh(std::size_t which)
  {
    const Login& login = logins[which];
    refreshes.push_back(
        {.login = which, .number = login.newest, .issued = login.refreshed, .expires = login.idle_end}
    );
    return refreshes.back();
  }

 private:
  std::string out_of_time(Seconds issued, Seconds expires, Seconds now) const
  {
    if (now >= expires + settings_.leeway) {
      return "token_expired";
    }
    return issued > now + settings_.leeway ? "token_not_yet_valid" : "";
  }

  bool forgives(const Login& login, Seconds now) const
  {
    switch (settings_.reuse) {
      case Reuse::until_used: return true;
      case Reuse::window: return now - login.refreshed <= settings_.window;
      case Reuse::once: return false;
    }
    return false;
  }

  std::string refusal_about(const Actor& actor, std::size_t who, Seconds now) const
  {
    if (!acts(actor, now)) {
      return "token_revoked";
    }
    return people[who].exists ? "" : "user_not_found";
  }

  void finish(std::size_t which, std::string_view why, Seconds now)
  {
    Login& login = logins[which];
    if (!login.over.empty()) {
      return;
    }
    login.over = why;
    login.over_at = now;
    revoke_accesses_of(which);
  }

  /// Sessions that had come to their absolute end unnoticed keep that reason, and are over for good all the
  /// same: a clock that is set back later brings none of them back.
  void finish_all(std::size_t who, std::string_view why, std::size_t kept, Seconds now)
  {
    for (std::size_t at = 0; at < logins.size(); ++at) {
      const Login& login = logins[at];
      if (login.person != who || at == kept || !login.kept) {
        continue;
      }
      if (now < login.end) {
        finish(at, why, now);
      } else {
        finish(at, "expired", std::min(login.idle_end, login.end));
      }
    }
  }

  void leave_generation_behind(std::size_t who, std::string_view why, std::size_t kept, Seconds now)
  {
    ++people[who].generation;
    finish_all(who, why, kept, now);
    if (kept != nobody) {
      logins[kept].generation = people[who].generation;
      revoke_accesses_of(kept);
    }
  }

  void revoke_accesses_of(std::size_t which)
  {
    for (Access& token : accesses) {
      token.revoked = token.revoked || token.login == which;
    }
  }

  Settings settings_;
};

}  // namespace usher::app::model
