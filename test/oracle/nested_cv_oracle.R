# Nested cross-validation of Bates, Hastie and Tibshirani (algorithm 1, one or more repeats), for test/validation/nested.
# Made with R 4:  Rscript test/oracle/nested_cv_oracle.R > test/oracle/nested_cv_oracle.json
# Least squares on drawn data; every inner fold is one of the K - 1 other outer folds, as in the paper. Written from the paper alone.
set.seed(7)
numbers <- function(x) paste0("[", paste(format(x, digits = 17, trim = TRUE), collapse = ","), "]")
loss <- function(x, y, train, test) {
  fit <- lm.fit(x[train, , drop = FALSE], y[train])
  (y[test] - x[test, , drop = FALSE] %*% fit$coefficients)^2
}
one <- function(n, p, K, repeats) {
  x <- cbind(1, matrix(rnorm(n * p), n, p))
  y <- x[, 2] + rnorm(n)
  a <- b <- inside <- outside <- c()
  folds <- c()
  for (r in seq_len(repeats)) {
    fold <- sample(rep_len(seq_len(K), n))
    for (k in seq_len(K)) {
      inner <- c()
      for (j in setdiff(seq_len(K), k)) inner <- c(inner, loss(x, y, which(fold != k & fold != j), which(fold == j)))
      outer <- c(loss(x, y, which(fold != k), which(fold == k)))
      a <- c(a, (mean(inner) - mean(outer))^2)
      b <- c(b, var(outer) / length(outer))
      inside <- c(inside, inner)
      outside <- c(outside, outer)
      folds <- c(folds, paste0('{"inner":', numbers(inner), ',"outer":', numbers(outer), "}"))
    }
  }
  mse <- mean(a) - mean(b)
  inflation <- sqrt(max(0, mse)) / (sd(inside) / sqrt(n * (K - 1) / K))
  paste0('{"rows":', n, ',"folds":', K, ',"scores":[', paste(folds, collapse = ","), '],"inflation":',
    format(max(1, min(inflation, sqrt(K))), digits = 17), ',"unbounded":', format(inflation, digits = 17),
    ',"outerMean":', format(mean(outside), digits = 17), ',"outerError":', format(sd(outside) / sqrt(length(outside)), digits = 17), "}")
}
cases <- c(one(60, 20, 5, 1), one(60, 2, 5, 2), one(40, 8, 4, 1), one(40, 12, 4, 3), one(50, 3, 5, 3), one(48, 1, 3, 2))
cat(paste0("[", paste(cases, collapse = ",\n"), "]\n"))
