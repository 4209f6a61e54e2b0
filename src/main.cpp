#include "cli/cli.hpp"

int main(int argc, char** argv)
{
  return usher::cli::main(argc, argv);
}
