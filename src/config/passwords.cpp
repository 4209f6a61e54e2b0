#include "config/passwords.hpp"

#include "config/define.hpp"

#include <array>

namespace usher::config {
namespace {

constexpr std::array settings{
    define<&Config::passwords, &Passwords::length_min>(
        "passwords.length_min", "Fewest characters of a new password.", {.min = 8, .max = 64}
    ),
    define<&Config::passwords, &Passwords::length_max>(
        "passwords.length_max", "Most characters of a new password.", {.min = 64, .max = 1024}
    ),
    define<&Config::passwords, &Passwords::strength_min>(
        "passwords.strength_min", "How hard to guess a new password must be (zxcvbn score).", {.max = 4}
    ),
    define<&Config::passwords, &Passwords::memory_kib>(
        "passwords.memory_kib",
        "Memory of one Argon2id hash in KiB. With `passwords.passes` at least 47104/1, 19456/2 or 12288/3.",
        {.min = 12L * 1024, .max = 4L * 1024 * 1024}
    ),
    define<&Config::passwords, &Passwords::passes>(
        "passwords.passes", "Passes of one Argon2id hash over that memory.", {.min = 1, .max = 100}
    ),
    define<&Config::passwords, &Passwords::threads>(
        "passwords.threads", "Threads that hash passwords; 0 for one per core.", {.max = 256}
    ),
    define<&Config::passwords, &Passwords::queue_max>(
        "passwords.queue_max",
        "Most passwords waiting to be hashed; beyond it the answer is 503.",
        {.min = 1, .max = 100'000}
    ),
    define<&Config::passwords, &Passwords::wait_max>(
        "passwords.wait_max",
        "Longest wait for a place to hash a password; beyond it the answer is 503.",
        {.min = 1, .max = 60}
    ),
    define<&Config::passwords, &Passwords::niceness>(
        "passwords.niceness", "How far the hashing threads stand back behind the others.", {.max = 19}
    ),
};

}  // namespace

std::span<const Setting> passwords_settings()
{
  return settings;
}

}  // namespace usher::config
