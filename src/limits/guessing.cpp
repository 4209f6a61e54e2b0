#include "limits/guessing.hpp"

#include "limits/state.hpp"

namespace usher::limits {

Guessing::Ticket::Ticket(std::unique_ptr<Held> held) noexcept : held_{std::move(held)} {}

Guessing::Ticket::Ticket(Ticket&& other) noexcept = default;

Guessing::Ticket& Guessing::Ticket::operator=(Ticket&& other) noexcept
{
  if (this != &other) {
    end(End::wrong);
    held_ = std::move(other.held_);
  }
  return *this;
}

Guessing::Ticket::~Ticket()
{
  end(End::wrong);
}

void Guessing::Ticket::was_right()
{
  end(End::right);
}

void Guessing::Ticket::cancel()
{
  end(End::cancelled);
}

void Guessing::Ticket::end(End how)
{
  if (const auto held = std::move(held_)) {
    held->state->end(held->keys, held->known, how);
  }
}

Guessing::Guessing(Options options, const Clock& clock)
    : state_{std::make_shared<State>(std::move(options), clock)}
{
}

Guessing::~Guessing() = default;

Task<Result<Guessing::Ticket>> Guessing::admit(std::string account, std::string source)
{
  // Named, and a copy: this may be gone when somebody who waited is resumed.
  const std::shared_ptr<State> state = state_;
  if (state->is_exempt(source)) {
    co_return Ticket{};
  }
  const Keys keys = state->keys_of(account, source);
  if (auto outcome = state->admit(keys)) {
    co_return *std::move(outcome);
  }
  const auto waiter = std::make_shared<Waiter>();
  waiter->keys = keys;
  auto start = [state, waiter](Waker waker) {
    waiter->waker = std::move(waker);
    state->wait(waiter);
  };
  co_await until_woken(std::move(start));
  // NOLINTNEXTLINE(bugprone-unchecked-optional-access): it is there before anybody is woken
  co_return *std::move(waiter->outcome);
}

Result<Done> Guessing::admit_registration(std::string_view source)
{
  return state_->is_exempt(source) ? Result<Done>{Done{}} : state_->admit_registration(source);
}

void Guessing::remember(std::string_view account, std::string_view source)
{
  state_->remember(state_->keys_of(account, source));
}

std::uint64_t Guessing::refused() const noexcept
{
  return state_->refused();
}

std::size_t Guessing::entries() const
{
  return state_->entries();
}

}  // namespace usher::limits
