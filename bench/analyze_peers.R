# The R side of bench/analyze: a peer's job, CSV in, CSV out.
args <- commandArgs(TRUE)
input <- read.csv(args[2])
if (args[1] == "ets") {
    suppressMessages(library(forecast))
    y <- ts(input$value, frequency = 12)
    out <- data.frame(h = 1:12, forecast = as.numeric(forecast(ets(y), h = 12)$mean))
} else {
    suppressMessages(library(igraph))
    g <- graph_from_data_frame(input, directed = TRUE)
    weights <- if (args[1] == "betweenness") NA else 1 / E(g)$weight
    out <- data.frame(node = V(g)$name, b = betweenness(g, weights = weights))
    names(out)[2] <- if (args[1] == "betweenness") "betweenness" else "betweenness_weighted_1_over_w"
}
write.csv(format(out, digits = 15, trim = TRUE), row.names = FALSE, quote = FALSE)
