// The login yardstick: how many passwords this machine can hash in a second, doing nothing else.
// Argon2id, 19 MiB, two passes: the parameters that Usher uses by default.
//
//   argon2_raw [SECONDS] [THREADS]     (default: 3 seconds, one thread for each core)

#include <sodium.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t memory_bytes = 19UL << 20U;
constexpr unsigned long long passes = 2;

void hash_until(const std::atomic<bool>& enough, std::atomic<long>& hashes)
{
  constexpr std::string_view password = "correct horse battery staple";
  std::array<unsigned char, crypto_pwhash_SALTBYTES> salt{};
  randombytes_buf(salt.data(), salt.size());
  std::array<unsigned char, 32> hash{};
  while (!enough) {
    if (crypto_pwhash(
            hash.data(),
            hash.size(),
            password.data(),
            password.size(),
            salt.data(),
            passes,
            memory_bytes,
            crypto_pwhash_ALG_ARGON2ID13
        ) != 0) {
      std::fprintf(stderr, "argon2_raw: out of memory\n");
      std::exit(1);
    }
    ++hashes;
  }
}

}  // namespace

int main(int argc, char** argv)
{
  if (sodium_init() < 0) {
    return 1;
  }
  const long seconds = argc > 1 ? std::max(1L, std::strtol(argv[1], nullptr, 10)) : 3;
  const long threads = argc > 2 ? std::max(1L, std::strtol(argv[2], nullptr, 10))
                                : std::max(1L, static_cast<long>(std::thread::hardware_concurrency()));
  std::atomic<bool> enough{false};
  std::atomic<long> hashes{0};
  std::vector<std::thread> workers;
  const auto start = std::chrono::steady_clock::now();
  for (long at = 0; at < threads; ++at) {
    workers.emplace_back([&] { hash_until(enough, hashes); });
  }
  std::this_thread::sleep_for(std::chrono::seconds{seconds});
  enough = true;
  for (std::thread& worker : workers) {
    worker.join();
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const double rate = static_cast<double>(hashes.load()) / elapsed.count();
  std::printf(
      "argon2id m=19MiB t=2: %.1f hashes/s on %ld threads, %.2f ms each\n",
      rate,
      threads,
      1000.0 * static_cast<double>(threads) / rate
  );
}
