# Makes group_sequential_oracle.json: one-sided Lan-DeMets bounds of O'Brien-Fleming type from rpact (R).
#   Rscript test/oracle/group_sequential_oracle.R > test/oracle/group_sequential_oracle.json
suppressMessages(library(rpact))
cases <- list(
  list(alpha = 0.025, looks = c(0.2, 0.4, 0.6, 0.8, 1)),
  list(alpha = 0.05, looks = c(0.2, 0.4, 0.6, 0.8, 1)),
  list(alpha = 0.05, looks = seq(0.1, 1, 0.1)),
  list(alpha = 0.01, looks = c(0.3, 0.35, 0.9, 1)),
  list(alpha = 0.1, looks = c(0.5, 1))
)
shown <- function(x) paste0("[", paste(formatC(x, digits = 12, format = "g"), collapse = ", "), "]")
rows <- vapply(cases, function(one) {
  design <- getDesignGroupSequential(
    typeOfDesign = "asOF", sided = 1, alpha = one$alpha, informationRates = one$looks, tolerance = 1e-10
  )
  sprintf('    { "alpha": %g, "looks": %s, "spent": %s, "bounds": %s }',
    one$alpha, shown(one$looks), shown(design$alphaSpent), shown(design$criticalValues))
}, "")
cat(sprintf('{\n  "source": "rpact %s on R %s",\n  "cases": [\n%s\n  ]\n}\n',
  packageVersion("rpact"), getRversion(), paste(rows, collapse = ",\n")))
