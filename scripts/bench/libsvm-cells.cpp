// LIBSVM on cells of a gamma/C table with given folds: time, and what each row was predicted as.
// Build: g++ -O3 -o libsvm-cells libsvm-cells.cpp -lsvm
// Use:   libsvm-cells FILE gamma:C,gamma:C [EPSILON]
//   FILE     one row a line: fold label value value ...   (fold from 0, below 0 never tested; label an integer; features already scaled)
//   EPSILON  half the width of the tube: regression, where labels are numbers
// Prints a line a cell: gamma C cpu_seconds label label ...   (training and prediction of all folds; eps 1e-3, 100 MB cache, shrinking on)
#include <libsvm/svm.h>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

static double cpuSeconds() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}
static void silent(const char *) {}

int main(int argc, char **argv) {
  std::ifstream in(argc == 3 || argc == 4 ? argv[1] : "");
  if (!in) { std::fprintf(stderr, "use: libsvm-cells FILE gamma:C,gamma:C [EPSILON]\n"); return 2; }
  std::vector<int> fold;
  std::vector<double> label;
  std::vector<std::vector<svm_node>> rows;
  int folds = 0;
  for (std::string line; std::getline(in, line);) {
    std::istringstream s(line);
    int f; double y, v;
    if (!(s >> f >> y)) continue;
    std::vector<svm_node> r;
    for (int j = 1; s >> v; j++) if (v != 0) r.push_back({j, v});
    r.push_back({-1, 0});
    fold.push_back(f); label.push_back(y); rows.push_back(r);
    folds = std::max(folds, f + 1);
  }
  svm_set_print_string_function(silent);
  for (char *s = argv[2]; *s;) {
    const double gamma = std::strtod(s, &s); s++;
    const double cost = std::strtod(s, &s); if (*s == ',') s++;
    svm_parameter p{};
    p.svm_type = argc == 4 ? EPSILON_SVR : C_SVC; p.p = argc == 4 ? std::atof(argv[3]) : 0;
    p.kernel_type = RBF; p.gamma = gamma; p.C = cost;
    p.cache_size = 100; p.eps = 1e-3; p.shrinking = 1;
    std::vector<double> predicted(rows.size());
    const double start = cpuSeconds();
    for (int k = 0; k < folds; k++) {
      std::vector<double> y; std::vector<svm_node *> x;
      for (size_t i = 0; i < rows.size(); i++) if (fold[i] != k) { y.push_back(label[i]); x.push_back(rows[i].data()); }
      svm_problem problem{(int)y.size(), y.data(), x.data()};
      svm_model *model = svm_train(&problem, &p);
      for (size_t i = 0; i < rows.size(); i++) if (fold[i] == k) predicted[i] = svm_predict(model, rows[i].data());
      svm_free_and_destroy_model(&model);
    }
    std::printf("%g %g %.3f", gamma, cost, cpuSeconds() - start);
    for (double value : predicted) std::printf(" %.10g", value);
    std::printf("\n");
    std::fflush(stdout);
  }
}
