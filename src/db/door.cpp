#include "db/door.hpp"

#include <boost/asio/post.hpp>

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

namespace usher::db {

/// What the writer's thread and the loop's thread share.
class Door::Inbox : public std::enable_shared_from_this<Inbox> {
 public:
  Inbox(std::unique_ptr<Reader> reader, Executor executor)
      : reader_{std::move(reader)}, executor_{std::move(executor)}
  {
  }

  // On the loop's thread.

  void read(const std::function<void(Tx&)>& work)
  {
    reader_->read(work);
    if (!release_posted_ && reader_->holds()) {
      release_posted_ = true;
      // Runs when everything that is ready now has had its turn: the snapshot spans the tick, and no more.
      boost::asio::post(executor_, [self = shared_from_this()] { self->release(); });
    }
  }

  /// The loop stays meanwhile: whoever awaits was co_spawned, and that counts as work.
  void expect_one() { ++expected_; }

  void close()
  {
    std::vector<Arrival> unwanted;
    {
      std::unique_lock lock{mutex_};
      arrived_one_.wait(lock, [this] { return arrived_.size() == expected_; });
      unwanted.swap(arrived_);
    }
    expected_ = 0;
    unwanted.clear();
    reader_.reset();
  }

  // On the writer's thread, or inside hand_over().

  void deliver(Handler handler, std::exception_ptr fault)
  {
    const std::lock_guard lock{mutex_};
    arrived_.push_back({.handler = std::move(handler), .fault = std::move(fault)});
    arrived_one_.notify_one();
    if (arrived_.size() == 1) {
      boost::asio::post(executor_, [self = shared_from_this()] { self->hand_out(); });
    }
  }

 private:
  struct Arrival {
    Handler handler;
    std::exception_ptr fault;
  };

  void release()
  {
    release_posted_ = false;
    if (reader_) {
      reader_->release();
    }
  }

  void hand_out()
  {
    std::vector<Arrival> arrived;
    {
      const std::lock_guard lock{mutex_};
      arrived.swap(arrived_);
    }
    expected_ -= arrived.size();
    for (Arrival& one : arrived) {
      auto handler = std::move(one.handler);
      std::move(handler)(std::move(one.fault));
    }
  }

  std::unique_ptr<Reader> reader_;
  Executor executor_;
  bool release_posted_{false};
  std::size_t expected_{0};  ///< handed over and not yet handed out

  std::mutex mutex_;
  std::condition_variable arrived_one_;
  std::vector<Arrival> arrived_;
};

/// A unit of work on its way there and back. The awaiting coroutine, kept alive by its handler, owns the
/// rest.
class Door::Errand final : public Unit {
 public:
  Errand(Handler handler, const Work& work, std::shared_ptr<Inbox> inbox)
      : handler_{std::move(handler)}, work_{work}, inbox_{std::move(inbox)}
  {
  }

  Verdict run(Tx& tx) override { return work_(tx); }

  // Without memory for the way back there is nobody left to tell: that ends the process.
  // NOLINTNEXTLINE(bugprone-exception-escape)
  void finish(std::exception_ptr fault) noexcept override
  {
    inbox_->deliver(std::move(handler_), std::move(fault));
  }

 private:
  Handler handler_;
  const Work& work_;
  std::shared_ptr<Inbox> inbox_;
};

Door::Door(Database& database, Executor executor)
    : database_{database}, inbox_{std::make_shared<Inbox>(database.open_reader(), std::move(executor))}
{
}

Door::~Door()
{
  inbox_->close();
}

void Door::read_here(const std::function<void(Tx&)>& work)
{
  inbox_->read(work);
}

void Door::hand_over(Handler handler, const Work& work)
{
  inbox_->expect_one();
  database_.submit(std::make_unique<Errand>(std::move(handler), work, inbox_));
}

}  // namespace usher::db
