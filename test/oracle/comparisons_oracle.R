# Answers of R's own tests, and of the papers' formulas in R, for test/validation/comparison.
#
# Made with R 4.2.2:  Rscript test/oracle/comparisons_oracle.R > test/oracle/comparisons_oracle.json
number <- function(x) ifelse(is.na(x), "null", formatC(x, digits = 17, format = "g"))
vec <- function(x) paste0("[", paste(number(x), collapse = ","), "]")
mat <- function(m) paste0("[", paste(apply(m, 1, vec), collapse = ","), "]")
obj <- function(...) { x <- list(...); paste0("{", paste0('"', names(x), '":', unlist(x), collapse = ","), "}") }
arr <- function(x) paste0("[", paste(x, collapse = ",\n"), "]")
set.seed(5)
t_tests <- c()
for (case in 1:8) {
  folds <- c(2, 3, 5, 10, 10, 20, 50, 100)[case]
  share <- c(1, 1 / 2, 1 / 4, 1 / 9, 1 / 9, 1 / 9, 1 / 4, 1 / 9)[case]
  d <- round(rnorm(folds, c(0.01, 0, 0.03, 0.005, -0.02, 0.002, 0, 0.01)[case], 0.02), 9)
  # Nadeau and Bengio (2003), equation 9: R's t.test with its standard error widened from s/sqrt(J).
  plain <- t.test(d)
  se <- as.numeric(plain$stderr) * sqrt(1 + folds * share)
  t <- mean(d) / se
  df <- as.numeric(plain$parameter)
  rope <- 0.01
  # Benavoli et al. (2017), section 3.1, in their own terms: correlation rho of folds.
  rho <- share / (1 + share)
  scale <- sqrt(var(d) * (1 / folds + rho / (1 - rho)))
  left <- pt((-rope - mean(d)) / scale, df)
  right <- pt((rope - mean(d)) / scale, df, lower.tail = FALSE)
  t_tests <- c(t_tests, obj(differences = vec(d), share = number(share), mean = number(mean(d)), se = number(se), t = number(t), p = number(2 * pt(-abs(t), df)),
    low = number(mean(d) - qt(0.975, df) * se), high = number(mean(d) + qt(0.975, df) * se), rope = number(rope), below = number(left), within = number(1 - left - right), above = number(right)))
}
mcnemars <- c()
for (pair in list(c(0, 1), c(0, 5), c(3, 3), c(2, 9), c(9, 2), c(12, 30), c(59, 6), c(150, 171), c(900, 1100), c(4000, 4000))) {
  b <- pair[1]; c <- pair[2]
  exact <- binom.test(b, b + c, 0.5)$p.value
  # Fagerland, Lydersen and Laake (2013), mid-p.
  mid <- if (b == c) 1 - dbinom(b, b + c, 0.5) / 2 else exact - dbinom(b, b + c, 0.5)
  # correct = TRUE subtracts 1 from |b - c|, which R takes for b = c too: the statistic is 0 there.
  edwards <- if (b == c) 1 else mcnemar.test(matrix(c(50, b, c, 20), 2), correct = TRUE)$p.value
  mcnemars <- c(mcnemars, obj(b = b, c = c, exact = number(exact), midP = number(mid), continuity = number(edwards)))
}
friedmans <- c()
for (case in 1:6) {
  n <- c(2, 5, 14, 14, 30, 8)[case]; k <- c(3, 4, 4, 5, 3, 2)[case]
  m <- matrix(round(rnorm(n * k), if (case %% 2 == 0) 0 else 6), n, k)
  m[, k] <- m[, k] + c(2, 1, 0, 2, 0.5, 1)[case]
  test <- friedman.test(m)
  chi <- as.numeric(test$statistic)
  f <- (n - 1) * chi / (n * (k - 1) - chi)
  ranks <- colMeans(t(apply(-m, 1, rank)))
  error <- sqrt(k * (k + 1) / (6 * n))
  pairs <- outer(ranks, ranks, function(a, b) ptukey(abs(a - b) / error * sqrt(2), k, Inf, lower.tail = FALSE))
  friedmans <- c(friedmans, obj(scores = mat(m), meanRanks = vec(ranks), chiSquare = number(chi), pChiSquare = number(test$p.value),
    p = number(pf(f, k - 1, (k - 1) * (n - 1), lower.tail = FALSE)), criticalDifference = number(qtukey(0.95, k, Inf) / sqrt(2) * error), pairs = mat(pairs)))
}
cat('{"tTests":', arr(t_tests), ',\n"mcNemar":', arr(mcnemars), ',\n"friedman":', arr(friedmans), "}\n", sep = "")
